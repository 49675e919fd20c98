// Damaged inputs for every reader of the kernel, by their numbers: no trap, no read past the end, no wrong
// answer, no input that takes a second, no memory beyond 64 MiB. How many are tried FuzzTrial decides.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite(.serialized) struct FuzzTests {
    static let readers = FuzzTrial.chosen([
        "safetensors", "gguf", "json", "model configuration", "GGUF models", "adapter settings",
        "tokenizer", "data sets", "chat templates", "dataset catalogs", "checkpoints",
    ])

    private static func reader(_ name: String) throws -> FuzzReader {
        func seeds(_ folder: String, _ file: String) throws -> [[UInt8]] {
            let path = "\(Bundle.module.resourcePath ?? "")/Fixtures/\(folder)"
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted().compactMap {
                let file = "\(path)/\($0)/\(file)"
                return FileManager.default.fileExists(atPath: file) ? try contents(file) : nil
            }
        }
        switch name {
        case "safetensors": return .safetensors
        case "gguf": return .gguf
        case "json": return .json
        case "model configuration": return .modelConfig(try seeds("families", "config.json"))
        case "GGUF models": return .ggufModel
        case "adapter settings":
            let path = "\(Bundle.module.resourcePath ?? "")/Fixtures/families/llama/config.json"
            return .adapterConfig(
                try seeds("adapters", "adapter_config.json"), in: try ModelConfig(path: path))
        case "tokenizer": return .tokenizer
        case "data sets": return .records
        case "chat templates": return .template
        case "dataset catalogs": return .catalog()
        case "checkpoints": return try .checkpoint(try checkpointSample())
        default: throw CocoaError(.featureUnsupported)
        }
    }

    /// A run of the tiny model with an adapter, saved after three steps of eight.
    private static func checkpointSample() throws -> CheckpointSample {
        let tiny = try TinyRun()
        tiny.run()
        let folder = tiny.path("run/checkpoint-3")
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = try contents("\(folder)/\(name)")
        }
        #expect(files.count >= 6)
        let plan = tiny.plan
        let weights = try ModelWeights(ModelFolder(path: plan.model.path))
        return CheckpointSample(
            files: files, step: 3, totalSteps: 8,
            log: try contents(tiny.path("run/trainer_log.jsonl"))
        ) {
            let choice = try TuningChoice(plan, weights: weights)
            let model = TunedModel(
                weights, method: choice.method, arena: Arena(reserving: 1 << 28))
            let optimizer = AdamW(model.parameters)
            return (model, optimizer)
        }
    }

    @Test(arguments: readers)
    func damagedInputsAreRefusedOrReadWithinBounds(_ name: String) throws {
        for complaint in try FuzzTrial.complaints(of: try Self.reader(name)) {
            Issue.record("\(complaint)")
        }
    }

    @Test func anInputDependsOnItsNumberAlone() throws {
        for name in Self.readers {
            let reader = try Self.reader(name)
            let inputs = (0..<50).map(reader.input)
            #expect((0..<50).reversed().map(reader.input) == inputs.reversed())
            #expect(Set(inputs).count > 30)
        }
    }

    /// The judge sees an answer that is wrong: it is not a campaign that cannot fail.
    @Test func aReaderThatTakesEverythingIsFound() throws {
        let blind = FuzzReader("blind", makeInput: FuzzReader.json.makeInput) { text in
            let said = String(decoding: text, as: UTF8.self)
            return judged { () throws(KernelError) in isClean(said) ? nil : "controls" }
        }
        let report = try FuzzCampaign(0..<4_000, threads: 2).run(blind)
        #expect(!report.wrong.isEmpty)
        #expect(report.inputs == 4_000)
    }
}
