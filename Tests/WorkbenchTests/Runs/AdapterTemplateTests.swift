// The template goes with its adapter: by the record of its run, or by the template that lies beside
// it; and what is told when base, adapter and command say different things.

import Foundation
import TestSupport
import Testing

@testable import Kernel
@testable import Workbench

@Suite final class AdapterTemplateTests {
    private let root: String
    private var model: String { root + "/model" }
    private static let chatML =
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + "
        + "'<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}"
        + "{{ '<|im_start|>assistant\\n' }}{% endif %}"
    private static let llama2 =
        "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + m.content + "
        + "' [/INST]' }}{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}{# <<SYS>> #}"

    init() throws {
        root = NSTemporaryDirectory() + "adapter-template-\(UUID().uuidString)"
        try TinyModels.make(in: root + "/model")
        try write(Self.chatML, "model/chat_template.jinja")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func write(_ text: String, _ name: String) throws {
        let path = "\(root)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func record(_ template: String, _ more: String = "") -> String {
        "model_name_or_path: x\nstage: sft\ndo_train: true\nfinetuning_type: lora\n"
            + "dataset: identity\noutput_dir: y\n" + template + more
    }

    private func prepared(
        _ adapters: String..., template: String? = nil, yields: Bool = false
    ) throws(KernelError) -> PreparedModel {
        try PreparedModel(
            path: model, adapters: adapters.map { "\(root)/\($0)" }, template: template,
            yields: yields)
    }

    @Test func theRecordOfTheRunNamesTheTemplate() throws {
        try write(record("template: alpaca\n"), "run/training_args.yaml")
        try write("{}", "run/checkpoint-3/adapter_config.json")
        for adapter in ["run", "run/checkpoint-3", "run/checkpoint-3/"] {
            let found = try prepared(adapter)
            #expect(found.templateName == "alpaca")
            #expect(found.notes.contains { $0.description.contains("was trained with it") })
            #expect(
                found.notes.contains {
                    $0.description.contains("the model's own looks like chatml")
                })
        }
        #expect(try prepared().templateName == "chatml")
    }

    @Test func aTemplateByNameWinsAndIsTold() throws {
        try write(record("template: alpaca\n"), "run/training_args.yaml")
        let asked = try prepared("run", template: "chatml")
        #expect(asked.templateName == "chatml")
        #expect(
            asked.notes.contains {
                $0.description.contains("with the template alpaca; chatml is used")
            })
        // What was only suggested for the base gives way.
        #expect(try prepared("run", template: "chatml", yields: true).templateName == "alpaca")
        #expect(try prepared(template: "smollm2", yields: true).templateName == "smollm2")
    }

    @Test func theSystemTextOfTheRunGoesAlong() throws {
        try write(
            record("template: chatml\n", "default_system: Answer in rhyme.\n"),
            "run/training_args.yaml")
        let found = try prepared("run")
        #expect(found.chat.template.defaultSystem == "Answer in rhyme.")
        #expect(found.notes.contains { $0.description.contains("Answer in rhyme.") })
        let asked = try PreparedModel(
            path: model, adapters: [root + "/run"], template: nil, defaultSystem: "Be brief.")
        #expect(asked.chat.template.defaultSystem == "Be brief.")
    }

    @Test func theTemplateBesideAnAdapterTakesThePlaceOfTheBases() throws {
        try write(Self.llama2, "peft/chat_template.jinja")
        try write("{\"chat_template\": \"{{ messages }}\"}", "other/tokenizer_config.json")
        let found = try prepared("peft")
        #expect(found.modelTemplate == Self.llama2)
        #expect(found.notes.contains { $0.description.contains("lies with the adapter") })
        // A template that no built-in one writes is refused with its reason, not passed over.
        let error = try #require(throws: KernelError.self) { try prepared("other") }
        #expect(error.kind == .configuration)
        #expect(try prepared("other", template: "chatml").templateName == "chatml")
    }

    @Test func aTemplateThatIsNotBuiltInIsRefusedByName() throws {
        try write(record("template: qwen3_nothink\n"), "run/training_args.yaml")
        let error = try #require(throws: KernelError.self) { try prepared("run") }
        #expect(error.description.contains("qwen3_nothink"))
        #expect(try prepared("run", template: "chatml").templateName == "chatml")
    }

    @Test func aRecordThatCannotBeReadIsNoReasonToGuess() throws {
        try write("template: [\n", "run/training_args.yaml")
        #expect(throws: KernelError.self) { try prepared("run") }
        #expect(try prepared("run", template: "alpaca").templateName == "alpaca")
    }

    /// Of several adapters the last that tells a template has the word.
    @Test func theLastAdapterThatTellsIsHeard() throws {
        try write(record("template: alpaca\n"), "a/training_args.yaml")
        try write(record("template: vicuna\n"), "b/training_args.yaml")
        try write("{}", "c/adapter_config.json")
        #expect(try prepared("a", "b", "c").templateName == "vicuna")
        #expect(try prepared("b", "a", "c").templateName == "alpaca")
    }

    // MARK: - Training on

    private func notes(
        _ adapters: [String], template: String? = nil, system: String? = nil,
        _ change: (inout TrainingPlan) -> Void = { _ in }
    ) throws -> [String] {
        var plan = TrainingPlan()
        plan.model.path = model
        plan.model.adapters = adapters.map { "\(root)/\($0)" }
        (plan.encoding.template, plan.encoding.defaultSystem) = (template, system)
        change(&plan)
        return AdapterTemplate.notes(of: plan, try PreparedModel(plan)).map(\.description)
    }

    @Test func trainingOnWithAnotherTemplateIsTold() throws {
        try write(record("template: alpaca\n"), "run/training_args.yaml")
        for run in ["run", "run/checkpoint-3"] {
            for template in [nil, "chatml"] {
                let told = try notes([run], template: template)
                #expect(told.count == 1)
                #expect(
                    told.first?.contains("trained with the template alpaca; this run writes chatml")
                        == true)
                #expect(told.first?.contains("Set template: alpaca") == true)
            }
            #expect(try notes([run], template: "alpaca").isEmpty)
        }
        #expect(try notes([]).isEmpty)
        // Text alone is written without a template.
        #expect(try notes(["run"]) { $0.stage = .pretraining }.isEmpty)
    }

    @Test func trainingOnWithAnotherSystemTextIsTold() throws {
        try write(
            record("template: chatml\n", "default_system: Answer in rhyme.\n"),
            "run/training_args.yaml")
        let told = try notes(["run"])
        #expect(told.count == 1 && told.first?.contains("\"Answer in rhyme.\", now ") == true)
        #expect(try notes(["run"], system: "Answer in rhyme.").isEmpty)
        #expect(try notes(["run"], system: "Be brief.").count == 1)
    }

    @Test func trainingOnBesideAForeignTemplateIsTold() throws {
        try write(Self.llama2, "peft/chat_template.jinja")
        let told = try notes(["peft"], template: "chatml")
        #expect(told.count == 1 && told.first?.contains("template llama2") == true)
        try write(Self.chatML, "same/chat_template.jinja")
        #expect(try notes(["same"], template: "chatml").isEmpty)
        try write("template: [\n", "odd/training_args.yaml")
        #expect(try notes(["odd"]).first?.hasPrefix("Nobody can tell the template") == true)
        // Of several the last has the word, as in a chat.
        try write(record("template: vicuna\n"), "b/training_args.yaml")
        #expect(try notes(["b", "same"], template: "chatml").isEmpty)
        #expect(try notes(["same", "b"], template: "chatml").count == 1)
    }

    /// The run itself says it, before it trains.
    @Test func theRunTellsIt() throws {
        try write(record("template: alpaca\n"), "run/training_args.yaml")
        var plan = TrainingPlan()
        plan.model.path = model
        plan.model.adapters = [root + "/run"]
        plan.encoding.template = "chatml"
        plan.data.folder = root
        plan.data.names = [root + "/none.json"]
        plan.output.folder = root + "/out"
        var told: [String] = []
        let listener = RunListener {
            if case .notice(let text) = $0 { told.append(text.description) }
        }
        var environment = TrainingRun.Environment(
            now: { 0 }, idleWait: {}, observers: [listener], planText: "")
        environment.remarks = { AdapterTemplate.notes(of: plan, $0) }
        #expect(throws: KernelError.self) {
            try TrainingRun(plan, control: RunControl(), environment: environment).run()
        }
        #expect(told.contains { $0.contains("this run writes chatml") })
    }
}
