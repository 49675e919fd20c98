// Which files `workbench train` trains by: LLaMA-Factory's files for chat and for merging hold the same keys.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("What a file is for")
struct PlanPurposeTests {
    private func purpose(_ text: String) throws(KernelError) -> PlanPurpose {
        PlanPurpose(try SettingDocument(text: text, name: "plan.yaml"))
    }

    private func refusal(_ text: String) throws -> KernelError? {
        do throws(KernelError) {
            try purpose(text).checkTraining("plan.yaml")
            return nil
        } catch {
            return error
        }
    }

    @Test("a file that does not speak of training trains, and it is said first")
    func unasked() throws {
        let text = "model_name_or_path: m\ndataset: d\noutput_dir: o"
        let unasked = try purpose(text)
        #expect(unasked == .trainsUnasked && unasked.remark?.field == "do_train")
        #expect(try refusal(text) == nil)
        let asked = try purpose(text + "\ndo_train: True")
        #expect(asked == .trains && asked.remark == nil)
    }

    @Test("do_train: false does not train")
    func forbidden() throws {
        let text = "model_name_or_path: m\ndataset: d\noutput_dir: o\ndo_train: "
        for word in ["false", "no", "0", "False"] {
            let error = try refusal(text + word)
            #expect(error?.kind == .configuration, "\(word)")
            #expect(error?.hint?.description.contains("workbench chat plan.yaml") == true)
        }
        #expect(try purpose(text + "false\ndo_eval: true") == .evaluates)
        #expect(try refusal(text + "false\ndo_eval: true") == nil)
    }

    @Test("files for chat and for merging name the command that they are for")
    func others() throws {
        let model = "model_name_or_path: m\nadapter_name_or_path: a\ntemplate: qwen\n"
        for more in ["infer_backend: huggingface", "vllm_maxlen: 9", "", "trust_remote_code: true"]
        {
            let error = try refusal(model + more)
            #expect(
                error?.hint?.description.hasPrefix("workbench chat plan.yaml") == true, "\(more)")
        }
        // Data beside it, as on the command line, changes nothing.
        let dressed = "infer_backend: huggingface\ndataset: d\noutput_dir: o"
        #expect(try refusal(model + dressed)?.why?.description.contains("infer_backend") == true)
        #expect(try refusal(model + dressed + "\ndo_train: true") == nil)
        let predict = model + "do_predict: true\neval_dataset: d\noutput_dir: o"
        #expect(
            try refusal(predict)?.hint?.description.hasPrefix("workbench evaluate plan.yaml")
                == true)
        let merge = model + "export_dir: out\nexport_size: 5"
        #expect(
            try refusal(merge)?.hint?.description.hasPrefix("workbench export plan.yaml") == true)
        #expect(
            try refusal(merge + "\ndo_train: false")?.hint?.description.contains("export") == true)
    }

    private func opened(_ text: String) throws -> PlanReading<TrainingPlan> {
        let path = NSTemporaryDirectory() + "purpose-\(UUID().uuidString).yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try PlanFile.open(path: path)
    }

    @Test("the interface takes no file for chat, export or predictions for a training plan")
    func opening() throws {
        let model = "model_name_or_path: m\nadapter_name_or_path: a\ntemplate: qwen\n"
        let others = [
            ("infer_backend: huggingface", "workbench chat ", "Chat tab"),
            ("export_dir: out\nexport_size: 5", "workbench export ", "Export tab"),
            (
                "do_predict: true\neval_dataset: d\noutput_dir: o", "workbench evaluate ",
                "Evaluate tab"
            ),
        ]
        for (more, command, tab) in others {
            let error = #expect(throws: KernelError.self) { try opened(model + more) }
            #expect(error?.what.description.contains("not a training plan") == true)
            #expect(error?.hint?.description.hasPrefix(command) == true)
            #expect(error?.hint?.description.contains(tab) == true)
            // Who says that it trains is believed.
            #expect(throws: Never.self) { try opened(model + more + "\ndo_train: true") }
        }
        // Few words may be the beginning of a plan: it opens, and it is said.
        let few = try opened(model)
        #expect(few.plan.model.adapters == ["a"])
        #expect(few.issues.contains { $0.severity == .warning && $0.field == "dataset" })
        let plan = try opened(model + "dataset: d\noutput_dir: o")
        #expect(!plan.issues.contains { $0.severity == .warning && $0.field == "dataset" })
    }
}
