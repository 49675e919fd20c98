// The notes on a training or an evaluation over adapters whose own runs wrote conversations in another
// way. A training takes the template of its settings all the same; chat and exports take the adapter's.

import Kernel

extension AdapterTemplate {
    /// Where the adapters of a plan were trained with another template or system text than the plan has;
    /// of several adapters the last one with a template decides, as in a chat.
    static func notes(of plan: TrainingPlan, _ prepared: PreparedModel) -> [Sentence] {
        guard plan.tuning.method.trainsAdapter, plan.stage.data != .pretraining else { return [] }
        var notes: [Sentence] = []
        var last: (found: AdapterTemplate, owner: String)?
        for adapter in plan.model.adapters {
            do throws(KernelError) {
                let found = try AdapterTemplate(adapterAt: adapter)
                if found.name != nil || found.source != nil { last = (found, adapter) }
            } catch {
                notes.append(
                    "Nobody can tell the template that the adapter \(ErrorReport.visible(adapter)) was "
                        + "trained with: \(error)")
            }
        }
        guard let last else { return notes }
        let place = ErrorReport.visible(last.owner)
        let used = prepared.templateName
        if let name = last.found.name ?? last.found.detected(prepared), name != used {
            let note: Sentence =
                "The adapter \(place) was trained with the template \(ErrorReport.visible(name)); this "
                + "run writes \(used), and what the adapter learned may be lost."
            notes.append(
                BuiltinTemplates.names.contains(name)
                    ? "\(note) Set template: \(ErrorReport.visible(name)) to go on as it was trained."
                    : note)
        } else if last.found.name == used {
            notes += last.found.systemNote(place, prepared)
        }
        return notes
    }

    /// The built-in template that the Jinja text beside an adapter is.
    private func detected(_ prepared: PreparedModel) -> String? {
        func spelled(_ id: Int?) -> String? {
            id.map { prepared.tokenizer.decode([$0], skipSpecial: false) }
        }
        return TemplateDetector.detect(
            chatTemplate: source, bos: spelled(prepared.tokenizer.bosID),
            eos: spelled(prepared.tokenizer.eosID)
        ).name
    }

    private func systemNote(_ place: String, _ prepared: PreparedModel) -> [Sentence] {
        let standard = (try? BuiltinTemplates.named(prepared.templateName))?.defaultSystem
        let (was, isNow) = (defaultSystem ?? standard ?? "", prepared.chat.template.defaultSystem)
        guard was != isNow else { return [] }
        func quoted(_ text: String) -> String {
            text.isEmpty ? "none" : "\"\(ErrorReport.visible(text))\""
        }
        return [
            "The adapter \(place) was trained with another default system text: \(quoted(was)), now "
                + "\(quoted(isNow)) (default_system)."
        ]
    }
}
