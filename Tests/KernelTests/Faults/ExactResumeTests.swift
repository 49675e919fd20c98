// Stopped after every step in turn and gone on from there: the weights are the uninterrupted run's, bit for bit.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite(.serialized) struct ExactResumeTests {
    @Test(arguments: FaultRecipe.allCases) func everyStepIsAPlaceToStop(recipe: FaultRecipe) throws
    {
        let steps = FaultBudget.of(6, 40)
        let tiny = try recipe.tiny(steps: steps)
        try DiskCalls.hasty.during {
            let whole = tiny.run(in: "whole")
            let weights = try SHA256.digest(of: tiny.bytes("whole/\(recipe.result)"))
            for step in 1..<steps {
                try? FileManager.default.removeItem(atPath: tiny.folder)
                tiny.run(stoppingAfter: step)
                let rest = tiny.run()
                #expect(rest.steps.first?.step == step + 1)
                let found = try SHA256.digest(of: tiny.bytes("run/\(recipe.result)"))
                #expect(found == weights, "\(recipe) stopped after step \(step)")
                #expect(rest.losses.allSatisfy { whole.losses[$0.key] == $0.value })
            }
        }
        tellFaults("exact resume \(recipe): \(steps - 1) steps")
    }
}

extension SHA256 {
    fileprivate static func digest(of bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { digest(of: $0) }
    }
}
