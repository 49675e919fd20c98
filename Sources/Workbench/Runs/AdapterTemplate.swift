// The chat template that an adapter was trained with: the one in its run's record, or the template
// that other programs save beside an adapter. Every use of the adapter takes the same again.

import Foundation
import Kernel

/// What an adapter's folder records about its template.
struct AdapterTemplate: Equatable, Sendable {
    /// The name in the record of the run.
    var name: String?
    /// The system text that the run put in place of the template's own.
    var defaultSystem: String?
    /// The Jinja text that PEFT's and LLaMA-Factory's users save with the tokenizer.
    var source: String?

    /// The largest record or template that is read.
    private static let bytesMax = 1 << 22

    /// Reads the folder, and for a checkpoint the run's folder around it; nothing is there for
    /// adapters that were saved without a tokenizer.
    init(adapterAt path: String) throws(KernelError) {
        var folders = [path]
        let trimmed = (path as NSString).standardizingPath
        if (trimmed as NSString).lastPathComponent.hasPrefix("checkpoint-") {
            folders.append((trimmed as NSString).deletingLastPathComponent)
        }
        for folder in folders where name == nil {
            let file = "\(folder)/\(RunFolder.planName)"
            guard Self.isReadable(file) else { continue }
            let plan: TrainingPlan
            do throws(KernelError) {
                plan = try PlanFile.read(path: file).plan
            } catch {
                throw KernelError(
                    error.kind, "the record of the adapter's run cannot be read", at: file,
                    because: error.why ?? error.what,
                    hint: "It says with which template the adapter was trained. Give the template "
                        + "by name.")
            }
            name = plan.encoding.template.flatMap { $0.isEmpty ? nil : $0 }
            defaultSystem = plan.encoding.defaultSystem
        }
        for folder in folders where source == nil { source = try Self.jinja(in: folder) }
    }

    private static func isReadable(_ path: String) -> Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return (size ?? nil).map { $0 <= bytesMax } ?? false
    }

    private static func jinja(in folder: String) throws(KernelError) -> String? {
        let file = "\(folder)/chat_template.jinja"
        if isReadable(file), let text = try? String(contentsOfFile: file, encoding: .utf8) {
            return text
        }
        let config = "\(folder)/tokenizer_config.json"
        guard isReadable(config) else { return nil }
        return try JSONValue(contentsOf: config, limits: .ofModels)["chat_template"]?.string
    }
}

extension PreparedModel {
    /// A model with the template of the adapters that are laid over it: that of the last one with a template.
    /// A template that was asked for by name wins, and the difference is reported; `yields` is for a
    /// name that was only suggested for the base.
    init(
        path: String, adapters: [String], template asked: String?, yields: Bool = false,
        defaultSystem: String? = nil, trustsContent: Bool = false
    ) throws(KernelError) {
        var found: AdapterTemplate?
        var owner = ""
        for adapter in adapters {
            let next: AdapterTemplate
            do throws(KernelError) {
                next = try AdapterTemplate(adapterAt: adapter)
            } catch {
                // With a template by name the record is not needed.
                if asked?.isEmpty == false, !yields { continue }
                throw error
            }
            guard next.name != nil || next.source != nil else { continue }
            (found, owner) = (next, adapter)
        }
        let given = asked.flatMap { $0.isEmpty ? nil : $0 }
        guard let found else {
            try self.init(
                path: path, template: given, defaultSystem: defaultSystem,
                trustsContent: trustsContent)
            return
        }
        let place = ErrorReport.visible(owner)
        if let given, !yields || given == found.name {
            var notes: [Sentence] = []
            if let name = found.name, name != given {
                notes.append(
                    "The adapter \(place) was trained with the template "
                        + "\(ErrorReport.visible(name)); \(given) is used, as asked for.")
            }
            try self.init(
                path: path, template: given,
                defaultSystem: defaultSystem ?? (found.name == given ? found.defaultSystem : nil),
                notes: notes, trustsContent: trustsContent)
            return
        }
        guard let name = found.name else {
            try self.init(
                path: path, template: nil, defaultSystem: defaultSystem,
                notes: ["The chat template is the one that lies with the adapter \(place)."],
                chatTemplate: found.source, trustsContent: trustsContent)
            return
        }
        guard BuiltinTemplates.names.contains(name) else {
            throw KernelError(
                .configuration, "the adapter's template is not built in", at: owner,
                because: "it was trained with \(ErrorReport.visible(name))",
                hint: "Give another template by name; known are "
                    + "\(BuiltinTemplates.names.joined(separator: ", ")).")
        }
        var notes: [Sentence] = ["Template \(name): the adapter \(place) was trained with it."]
        if let text = found.defaultSystem, defaultSystem == nil {
            notes.append(
                "Default system text: \"\(ErrorReport.visible(text))\", as in its training.")
        }
        try self.init(
            path: path, template: name, defaultSystem: defaultSystem ?? found.defaultSystem,
            notes: notes, followsRun: true, trustsContent: trustsContent)
    }
}
