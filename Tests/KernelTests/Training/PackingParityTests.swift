// Rows of several conversations against transformers (scripts/make_packing_fixture.py): as LLaMA-Factory's
// packing has them, where they see each other, and as neat_packing has them, where they do not.

import Testing

@testable import Kernel
import TestSupport

@Suite struct PackingParityTests {
    private static let families = ["llama", "mistral-window", "qwen3"]

    @Test(arguments: families, [true, false])
    func lossesOfSharedRowsAreThoseOfTransformers(_ family: String, isOpen: Bool) throws {
        let fixture = try Fixture.json("parity/packing.json")
        let cases = try fixture.member("cases").array ?? []
        let found = try #require(cases.first { $0["base"]?.string == family })
        let expected = try found.member(isOpen ? "open" : "neat")
        let rows = try (try fixture.member("rows").array ?? []).map { row in
            let parts = try (row.array ?? []).map {
                EncodedExample(ids: try $0.member("ids").ids, labels: try $0.member("labels").ids)
            }
            return EncodedExample(joining: parts, as: isOpen ? .open : .apart)
        }
        #expect(rows.map(\.parts.count) == [2, 3, 1])
        let weights = try ModelWeights(
            ModelFolder(path: Fixture.path("families/\(family)")))
        let model = TunedModel(weights, method: .inference, arena: Arena(reserving: 1 << 28))
        let batch = PackedBatch(rows)
        let trained = try expected.count("trained_tokens")
        #expect(batch.targets.count == trained)
        #expect(rows.reduce(0) { $0 + $1.trainedCount } == trained)
        let loss = model.decoder.evaluationLoss(batch) / Double(trained)
        #expect(relativeDifference(loss, try expected.number("loss")) < 1e-5)
    }

    @Test func openRowsAreOtherDataThanNeatOnes() {
        let a = EncodedExample(ids: [1, 2, 3], labels: [-100, 2, 3])
        let b = EncodedExample(ids: [4, 5], labels: [4, 5])
        let (neat, open) = (
            EncodedExample(joining: [a, b]), EncodedExample(joining: [a, b], as: .open)
        )
        // One segment, in which the second one counts its positions anew.
        #expect(PackedBatch([open]).sampleRanges == [0..<5])
        #expect(PackedBatch([b, open]).positions == [0, 1, 0, 1, 2, 0, 1])
        // The first token of the second example is predicted by the first example's last one.
        #expect(open.trainedCount == 4 && neat.trainedCount == 3)
        #expect(DataInspection.digest(of: [open]) != DataInspection.digest(of: [neat]))
    }
}
