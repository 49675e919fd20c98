// The embedding's gradient: rows add up in token order, and the padding token's row gets none.

import Testing

@testable import Kernel

@Suite struct EmbeddingTests {
    @Test(arguments: [nil, 2]) func rowsAddUpExceptPadding(_ paddingID: Int?) {
        let arena = Arena(reserving: 1 << 24)
        let (ids, columns): ([Int32], Int) = ([2, 0, 2, 3, 0], 3)
        let dY = Tensor(ids.count, columns, in: arena)
        for i in 0..<dY.count { dY.pointer[i] = Float(i + 1) }
        let dW = Tensor(4, columns, in: arena)
        dW.fill(0.5)
        Embedding.backward(dY, ids: ids, into: dW, paddingID: paddingID)
        for row in 0..<4 {
            for column in 0..<columns {
                let sum = ids.indices.reduce(Float(0)) { sum, t in
                    let counts = Int(ids[t]) == row && row != paddingID
                    return counts ? sum + dY.row(t)[column] : sum
                }
                #expect(dW.row(row)[column] == 0.5 + sum)
            }
        }
    }
}
