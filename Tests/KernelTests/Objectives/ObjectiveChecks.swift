// What the tests of objectives share: items made of the fixture's rows, steps beside a reference's, and gradients beside
// differences of the loss.

import TestSupport
import Testing

@testable import Kernel

enum ObjectiveChecks {
    /// Row k preferred to its prompt with the answer of row k + `apart`, as the references have them.
    static func pairs(_ rows: [EncodedExample], _ count: Int, apart: Int) -> [EncodedExample] {
        func turn(_ k: Int, answer: Int) -> TurnTokens {
            let prompt = rows[k].labels.prefix { $0 == EncodedExample.ignoredLabel }.count
            let response = rows[answer].labels.filter { $0 != EncodedExample.ignoredLabel }
            return TurnTokens(prompt: Array(rows[k].ids.prefix(prompt)), response: response)
        }
        return (0..<count).map {
            Encoding.pair(
                chosen: turn($0, answer: $0), rejected: turn($0, answer: $0 + apart), cutoff: 4096
            ).example
        }
    }

    /// Trains on items by AdamW as a reference did: losses and the other metrics within 1e-4 of float64, absolute for
    /// what begins at zero, and norms within 1e-4.
    static func stepsEqual(
        _ reference: JSONValue, _ key: String = "steps", count: Int, of items: [EncodedExample],
        size: Int, _ objective: any Objective, _ metrics: [MetricKey], on model: TunedModel
    ) throws {
        let optimizer = AdamW(model.parameters)
        let steps = try reference.member(key).array ?? []
        #expect(steps.count == count)
        for (step, expected) in steps.enumerated() {
            let batch = PackedBatch(items[(size * step)..<(size * step + size)])
            #expect(objective.weight(of: batch) == size)
            model.parameters.gradients.fill(0)
            let values = objective.values(
                of: objective.measure(
                    batch,
                    on: ObjectiveModel(
                        model.decoder,
                        reference: objective.usesReference ? model.reference() : nil,
                        training: TrainingPass(gradientScale: 1 / Float(size)))))
            let (norm, scale) = GradientClip.measure(
                model.parameters, maximum: try reference.number("clip"))
            optimizer.step(
                model.parameters, rate: try reference.number("learning_rate"), gradientScale: scale)
            #expect(
                relativeDifference(norm, try expected.number("gradient_norm")) < 1e-4,
                "norm of step \(step): \(norm)")
            for metric in metrics {
                let (found, wanted) = (
                    values[metric] ?? .nan, try expected.number(metric.rawValue)
                )
                #expect(
                    abs(found - wanted) <= 1e-4 * max(1, abs(wanted)),
                    "\(metric.rawValue) of step \(step): \(found), \(wanted)")
            }
        }
    }

    /// The loss falls along the gradient that the parameters have as the gradient says. `change` is about how much the
    /// loss moves.
    static func gradientFollows(
        _ model: TunedModel, change: Double = 1e-2, loss: () throws -> Double
    ) throws {
        let parameters = model.parameters.parameters
        let slope = parameters.map(\.gradient.values)
        let here = parameters.map(\.value.values)
        let length = slope.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(length > 1e-3)
        let step = change / length
        func moved(_ sign: Double) throws -> Double {
            for (place, parameter) in parameters.enumerated() {
                for (i, value) in here[place].enumerated() {
                    parameter.value.pointer[i] =
                        value + Float(sign * step / length * Double(slope[place][i]))
                }
            }
            return try loss()
        }
        let difference = try (moved(1) - moved(-1)) / (2 * step)
        #expect(abs(difference - length) < 0.01 * length, "\(difference), \(length)")
    }

    /// Moves what trains away from the base, which a reference then still is.
    static func disturb(_ model: TunedModel) {
        for (salt, parameter) in model.parameters.parameters.enumerated() {
            let values = patternFill(parameter.value.count, salt: salt, scale: 0.02)
            for (i, value) in values.enumerated() { parameter.value.pointer[i] += value }
        }
    }
}
