// Damaged inputs for every reader, by their numbers: no trap, no read past the end, no wrong answer, no
// input that takes a second, no memory beyond 64 MiB. FUZZ=1, as in `make fuzz`, tries a million each, and
// WORKBENCH_FUZZ_INPUTS as many as it says, on all processors.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite(.serialized) struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let isCampaign = environment["FUZZ"]?.isEmpty == false
    private static let inputs =
        environment["WORKBENCH_FUZZ_INPUTS"].flatMap { Int($0) } ?? (isCampaign ? 1_000_000 : 8_000)
    private static let first = environment["WORKBENCH_FUZZ_FIRST"].flatMap { Int($0) } ?? 0

    static let readers = [
        "safetensors", "gguf", "json", "model configuration", "GGUF models", "adapter settings",
        "tokenizer", "data sets", "chat templates",
    ].filter { name in
        environment["WORKBENCH_FUZZ_READERS"].map {
            $0.split(separator: ",").contains { $0 == name }
        }
            ?? true
    }

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
        default: throw CocoaError(.featureUnsupported)
        }
    }

    @Test(arguments: readers)
    func damagedInputsAreRefusedOrReadWithinBounds(_ name: String) throws {
        let reader = try Self.reader(name)
        let isLong = Self.isCampaign
        let campaign = FuzzCampaign(
            Self.first..<Self.first + Self.inputs,
            threads: isLong ? ProcessInfo.processInfo.activeProcessorCount : 1,
            markFolder: isLong ? NSTemporaryDirectory() : nil)
        let report = try campaign.run(reader)
        if isLong { print("\(name): \(report.summary)") }
        for one in report.wrong { Issue.record("input \(one.number): \(one.what)") }
        #expect(report.inputs == Self.inputs)
        #expect(
            report.accepted > Self.inputs / 40, "the mutations are too rough: \(report.summary)")
        let reached = Set(report.refused.keys)
        #expect(
            reader.reaches.isSubset(of: reached), "not seen: \(reader.reaches.subtracting(reached))"
        )
        #expect(report.slowest.seconds < 1, "input \(report.slowest.number)")
        // Other tests run beside the short one.
        if isLong { #expect(report.memoryGrowth < 64 << 20, "\(report.memoryGrowth >> 20) MiB") }
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
