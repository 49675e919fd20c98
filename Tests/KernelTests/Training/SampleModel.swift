// The real model as the references had it: GGUF values rounded to bf16, and kept as bf16 rows.

import Foundation
import Testing

@testable import Kernel

/// The weights of the real model, decoded and rounded once for all tests.
enum SampleModel {
    static func weights() throws -> ModelWeights { try shared.get() }

    private static let shared = Result { () throws in
        try ModelWeights(ModelFolder(path: TestModel.path())).roundedToBFloat16()
    }

    /// The model with the adapter that a reference began with: on all projections, B zero, A by a formula.
    static func adapted(
        _ reference: JSONValue, _ change: (inout TuningMethod) -> Void = { _ in }
    ) throws -> TunedModel {
        let (rank, alpha) = (try reference.count("rank"), try reference.number("alpha"))
        let shape = AdapterShape(
            rank: rank, alpha: Double(alpha), modules: Set(LinearModule.allCases))
        var method = TuningMethod(adapter: shape)
        change(&method)
        let model = TunedModel(try SampleModel.weights(), method: method, arena: Arena())
        let targets = (try reference.member("targets").array ?? []).compactMap(\.string)
        #expect(targets.count == 7)
        try fillAdapter(model, targets: targets)
        return model
    }

    /// B[i, j] of every place, so that the adapter is away from its base from the start.
    static func fillB(_ model: TunedModel) {
        for parameter in model.parameters.parameters
        where parameter.name.hasSuffix("lora_B.weight") {
            let b = parameter.value
            for i in 0..<b.rows {
                for j in 0..<b.columns {
                    b.row(i)[j] = Float(0.015 * sin(0.3 + 0.13 * Double(i) + 0.7 * Double(j)))
                }
            }
        }
    }

    /// A[i, j] of target t in layer l, in Double and then rounded; B stays zero.
    private static func fillAdapter(_ model: TunedModel, targets: [String]) throws {
        let linears = model.weights.layout.linears
        for layer in model.weights.spec.layers.indices {
            for (t, target) in targets.enumerated() {
                let slot = try #require(
                    linears.first { $0.layer == layer && $0.moduleName == target })
                let a = try #require(model.parameters[slot.path + ".lora_A.weight"]).value
                for i in 0..<a.rows {
                    let frequency = 0.11 + 0.05 * Double(i) + 0.017 * Double(t)
                    for j in 0..<a.columns {
                        let phase = 0.37 * Double(i) + 0.7 * Double(layer) + frequency * Double(j)
                        a.row(i)[j] = Float(0.03 * sin(phase))
                    }
                }
            }
        }
    }
}

extension ModelWeights {
    /// The same weights rounded to bf16, matrices held as bf16 rows.
    func roundedToBFloat16() throws -> ModelWeights {
        var rounded: [String: any PackedWeight] = [:]
        for (name, matrix) in matrices {
            let bytes = BFloat16Rows(matrix)
            rounded[name] = try BlockWeight(
                bytes: bytes.contents, owner: bytes, dtype: .bf16, rows: matrix.rows,
                columns: matrix.columns)
        }
        return ModelWeights(
            spec: spec, matrices: rounded, vectors: vectors.mapValues(BFloat16Twin.rounded))
    }
}

/// A matrix's rounded values, two bytes each. Written once in `init`, then only read.
private final class BFloat16Rows: @unchecked Sendable {
    let contents: UnsafeRawBufferPointer

    init(_ weight: any PackedWeight) {
        let values = BFloat16Twin.rounded(weight.decoded())
        let memory = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() {
            precondition(value.bitPattern & 0xFFFF == 0, "\(value) is no bf16 number")
            memory[index] = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
        }
        contents = UnsafeRawBufferPointer(memory)
    }

    deinit { contents.deallocate() }
}
