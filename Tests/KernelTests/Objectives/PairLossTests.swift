// Each loss of preference pairs against TRL's functions, and its derivatives against differences of the loss.

import TestSupport
import Testing

@testable import Kernel

@Suite struct PairLossTests {
    private static func settings(_ value: JSONValue) throws -> PreferenceSettings {
        var settings = PreferenceSettings()
        settings.loss = try #require(PairLoss(rawValue: value["loss"]?.string ?? ""))
        settings.beta = try value.number("beta")
        settings.labelSmoothing = try value.number("smoothing")
        settings.targetMargin = try value.number("gamma")
        settings.modulation = try value.number("tau")
        return settings
    }

    @Test func lossesAndSlopesEqualTRL() throws {
        let cases = try Fixture.json("parity/pair-losses.json").array ?? []
        var seen: Set<PairLoss> = []
        for value in cases {
            let settings = try Self.settings(value)
            let logps = (value["logps"]?.array ?? []).compactMap(\.double)
            let slope = (value["slope"]?.array ?? []).compactMap(\.double)
            try #require(logps.count == 4 && slope.count == 2)
            var evidence = PairLoss.Evidence(
                model: PairSides(chosen: logps[0], rejected: logps[1]))
            if settings.loss.usesReference {
                evidence.reference = PairSides(chosen: logps[2], rejected: logps[3])
            }
            evidence.baseline = value["baseline"]?.double ?? 0
            let found = settings.loss.value(evidence, settings)
            for (number, wanted) in [
                (found.loss, try value.number("value")), (found.slope.chosen, slope[0]),
                (found.slope.rejected, slope[1]),
            ] {
                #expect(abs(number - wanted) <= 1e-9 * max(1, abs(wanted)), "\(value)")
            }
            seen.insert(settings.loss)
        }
        #expect(seen == Set(PairLoss.allCases))
    }

    /// Log probabilities far from each other give finite losses and slopes.
    @Test(arguments: PairLoss.allCases)
    func extremesStayFinite(_ loss: PairLoss) {
        var settings = PreferenceSettings()
        settings.beta = 1
        for chosen in [-2_000.0, -1, -1e-9, 0] {
            for rejected in [-2_000.0, -1, -1e-9, 0] where loss != .discopop || chosen >= rejected {
                let found = loss.value(
                    PairLoss.Evidence(model: PairSides(chosen: chosen, rejected: rejected)),
                    settings)
                #expect(found.loss.isFinite, "\(chosen), \(rejected)")
                #expect(found.slope.chosen.isFinite && found.slope.rejected.isFinite)
            }
        }
    }

    /// ORPO logs the two parts that its loss is made of.
    @Test func partsAddUpToTheLoss() throws {
        var settings = PreferenceSettings()
        settings.beta = 0.3
        let found = PairLoss.orpo.value(
            PairLoss.Evidence(model: PairSides(chosen: -1.5, rejected: -0.7)), settings)
        let supervised = try #require(found.parts[.supervisedLoss])
        let odds = try #require(found.parts[.oddsRatioLoss])
        #expect(supervised == 1.5 && abs(found.loss - supervised - 0.3 * odds) < 1e-12)
    }
}
