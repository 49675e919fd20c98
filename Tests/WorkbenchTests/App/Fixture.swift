// A small made-up world for tests of the interface: three models, three data sets, records in two
// languages, and the answers to every effect.

import Kernel
import Panels

@testable import Workbench

enum Fixture {
    static let smol = ModelSummary(
        path: "/models/SmolLM2-135M-Instruct.Q4_1.gguf", name: "SmolLM2-135M-Instruct",
        family: "llama", parameters: 134_515_008, bytes: 98_566_144, format: "GGUF Q4_1",
        contextLength: 8192, templateName: "chatml",
        templateReason: "the file's chat template is ChatML",
        checks: [
            .init(title: "tensors", passed: true, detail: "272 of 272, shapes as configured"),
            .init(title: "tokenizer", passed: true, detail: "49 152 tokens, round trip exact"),
            .init(title: "template", passed: true, detail: "renders system, user, assistant"),
        ], trainableLayers: ["q_proj", "k_proj", "v_proj", "o_proj"])

    static let qwen = ModelSummary(
        path: "/models/通义千问3-0.6B", name: "通义千问3-0.6B", family: "qwen3",
        parameters: 596_049_920, bytes: 1_503_300_328, format: "bf16", contextLength: 40_960,
        templateName: "qwen3", templateReason: "the architecture is qwen3",
        checks: [
            .init(title: "tensors", passed: true, detail: "310 of 310"),
            .init(
                title: "tokenizer", passed: false, detail: "pad and eos are the same token"),
        ], trainableLayers: ["q_proj", "v_proj"])

    static let broken = "/models/broken"
    static let brokenError = KernelError(
        .badData, "cannot read config.json", at: "/models/broken/config.json:3",
        because: "expected a number, found a string", hint: "Fetch the model again")

    static let models = [
        smol, qwen, ModelSummary(path: broken, name: "broken", family: "", bytes: 12),
    ]

    static let datasets = [
        DatasetSummary(
            name: "identity", source: "identity.json", format: "alpaca", bytes: 21_504),
        DatasetSummary(
            name: "对话", source: "conversations.json", format: "sharegpt", bytes: 90_112),
        DatasetSummary(
            name: "missing", source: "gone.json", format: "alpaca",
            problem: "the file does not exist"),
    ]

    static let report = DataReport(
        records: 485, skipped: [.init(reason: "empty answer", count: 3)], truncated: 2,
        duplicates: 1, empty: 3,
        findings: [
            .init(
                kind: .invalid, index: 2, place: "identity.json:4",
                detail: "a conversation must end with an answer"),
            .init(
                kind: .cut, index: 1, place: "identity.json:3",
                detail: ""),
            .init(
                kind: .repeated, index: nil, place: "对话.jsonl:9",
                detail: "对话.jsonl:1"),
        ], tokens: 48_120, trainedTokens: 21_003, longest: 640,
        lengths: [
            .init(tokensMax: 64, count: 120), .init(tokensMax: 128, count: 211),
            .init(tokensMax: 256, count: 130), .init(tokensMax: 512, count: 22),
            .init(tokensMax: 1024, count: 2),
        ])

    /// Records 0 and 2 are English, 1 is Chinese and cut.
    static func record(_ index: Int) -> RecordPreview {
        func piece(
            _ text: String, _ id: Int, trained: Bool = false, special: Bool = false
        ) -> RecordPreview.Piece {
            .init(text: text, id: id, isTrained: trained, isSpecial: special)
        }
        let question =
            index == 1
            ? [piece("你叫", 301), piece("什么", 302), piece("名字？", 303)]
            : [piece("Who", 401), piece(" are", 402), piece(" you?", 403)]
        let answer =
            index == 1
            ? [
                piece("我是", 311, trained: true), piece("小台", 312, trained: true),
                piece("，", 313, trained: true), piece("住在终端里。", 314, trained: true),
            ]
            : [
                piece("I", 411, trained: true), piece(" am", 412, trained: true),
                piece(" Benchly.", 413, trained: true),
            ]
        var pieces =
            [piece("<|im_start|>", 1, special: true), piece("user", 4093), piece("\n", 198)]
            + question + [piece("<|im_end|>", 2, special: true), piece("\n", 198)]
            + [piece("<|im_start|>", 1, special: true), piece("assistant", 520), piece("\n", 198)]
            + answer + [piece("<|im_end|>", 2, trained: true, special: true)]
        if index == 1 {
            for last in pieces.indices.suffix(2) {
                (pieces[last].isCut, pieces[last].isTrained) = (true, false)
            }
        }
        return RecordPreview(
            index: index, count: 3, dataset: index == 1 ? "对话" : "identity", pieces: pieces,
            gaps: index == 1 ? [.init(position: pieces.count - 2, count: 2)] : [])
    }

    static let estimate = PlanEstimate(
        steps: 183, stepsPerEpoch: 61, tokensPerEpoch: 48_120,
        speed: .init(tokensPerSecond: 812, run: "sft-02"), trainableParameters: 2_442_240,
        memoryBytes: 1_610_612_736,
        parts: [
            .init(title: "base weights", bytes: 98_566_144),
            .init(title: "adapter, optimizer", bytes: 39_075_840),
            .init(title: "activations", bytes: 402_653_184),
            .init(title: "logits", bytes: 1_070_317_568),
        ], availableBytes: 8_589_934_592)

    /// Answers every question at once and well.
    static func world(_ effect: Effect) -> [AppMessage] {
        switch effect {
        case .model(.findModels): [.model(.modelsFound(models))]
        case .model(.inspectModel(let path)):
            if let model = models.first(where: { $0.path == path }), path != broken {
                [.model(.modelInspected(path: path, .success(model)))]
            } else if path == broken {
                [.model(.modelInspected(path: path, .failure(brokenError)))]
            } else {
                [
                    .model(
                        .modelInspected(
                            path: path,
                            .failure(KernelError(.missingInput, "there is no model", at: path))))
                ]
            }
        case .model(.fitModels(let paths, let plan)):
            [
                .model(
                    .modelFits(
                        plan,
                        Dictionary(
                            uniqueKeysWithValues: paths.map {
                                ($0, $0 == smol.path ? .fits : $0 == qwen.path ? .packed : .unknown)
                            })))
            ]
        case .dataset(.listDatasets(let folder)):
            [.dataset(.datasetsListed(folder: folder, .success(datasets)))]
        case .dataset(.inspectData(let plan)): [.dataset(.dataInspected(plan, .success(report)))]
        case .dataset(.viewRecord(let plan, let index)):
            [.dataset(.record(plan, index: index, .success(record(index))))]
        case .lookAtStart(let question): [.startSeen(question, facts(question))]
        case .params(.estimate(let plan)): [.params(.estimated(plan, .success(estimate)))]
        case .dataset(.proposeDataset(let path, let folder)):
            [.dataset(.datasetProposed(path: path, .success(proposal(path, folder))))]
        case .dataset(.writeDataset(let definition)): [.dataset(.datasetWritten(definition, nil))]
        case .params(.savePlan(let plan, let path)):
            [.params(.planSaved(path: path, .success(plan)))]
        case .runs(.listRuns), .runs(.readCurve): RunSamples.world(effect)
        default: []
        }
    }

    /// A disk with much room, on which the plan's folder is not there yet.
    static func facts(_ question: StartQuestion) -> StartFacts {
        let folder = question.plan.output.folder
        return StartFacts(
            freeFolder: AppUpdate.freeFolder(after: folder) { next in
                question.taken.contains { PathText.isSame($0, next) }
            })
    }

    static func proposal(_ path: String, _ folder: String) -> DatasetProposal {
        DatasetProposal(
            path: path, folder: folder, fileName: path, records: 120,
            fields: ["问题", "question", "answer"],
            style: RecordStyle.guessed(from: ["question": "你好？", "answer": "Hello!"]),
            sample: ["问题: 1", "question: 你好？", "answer: Hello!"], taken: ["identity"])
    }

    /// A world that never answers.
    static func silence(_ effect: Effect) -> [AppMessage] { [] }

    /// A plan that may run.
    static var readyPlan: TrainingPlan {
        var plan = TrainingPlan()
        plan.model.path = smol.path
        plan.encoding.template = "chatml"
        plan.data.folder = "sample-data"
        plan.data.names = ["identity"]
        plan.output.folder = "runs/sft-03"
        return plan
    }
}
