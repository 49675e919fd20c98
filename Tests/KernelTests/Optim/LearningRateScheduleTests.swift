// The schedules against rates recorded from transformers (fixture), and the laws of their edges.

import Foundation
import Kernel
import Testing

@Suite("Learning-rate schedules")
struct LearningRateScheduleTests {
    struct Fixture: Decodable {
        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            struct Arguments: Decodable {
                var num_cycles: Double?
                var power: Double?
                var lr_end: Double?
                var timescale: Int?
                var min_lr: Double?
                var min_lr_rate: Double?
                var warmup_lr_rate: Double?
                var num_stable_steps: Int?
                var num_decay_steps: Int?
                var min_lr_ratio: Double?
                var decay_type: ScheduleSettings.Bend?
                var warmup_type: ScheduleSettings.Bend?
            }
            var name: ScheduleSettings.Kind
            var warmup: Int
            var arguments: Arguments
            var rates: [Double]
            var testDescription: String { "\(name.rawValue), warm-up \(warmup)" }

            var settings: ScheduleSettings {
                var settings = ScheduleSettings()
                settings.kind = name
                settings.warmupSteps = warmup
                settings.arguments.cycles = arguments.num_cycles
                settings.arguments.power = arguments.power
                settings.arguments.endRate = arguments.lr_end
                settings.arguments.timescale = arguments.timescale
                settings.arguments.minimumRate = arguments.min_lr
                settings.arguments.minimumRatio = arguments.min_lr_rate
                settings.arguments.warmupRatio = arguments.warmup_lr_rate
                settings.arguments.stableSteps = arguments.num_stable_steps
                settings.arguments.decaySteps = arguments.num_decay_steps
                settings.arguments.floorRatio = arguments.min_lr_ratio
                settings.arguments.decayBend = arguments.decay_type
                settings.arguments.warmupBend = arguments.warmup_type
                return settings
            }
        }
        var baseRate: Double
        var totalSteps: Int
        var cases: [Case]
    }

    static func fixture() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(
                forResource: "schedules", withExtension: "json",
                subdirectory: "Fixtures/schedules"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    @Test("every curve gives the recorded rates")
    func matchesRecordedRates() throws {
        let fixture = try Self.fixture()
        #expect(Set(fixture.cases.map(\.name)) == Set(ScheduleSettings.Kind.allCases))
        for recorded in fixture.cases {
            let schedule = LearningRateSchedule(
                recorded.settings, baseRate: fixture.baseRate, totalSteps: fixture.totalSteps)
            for (step, expected) in recorded.rates.enumerated() {
                let rate = schedule.rate(step: step)
                #expect(
                    abs(rate - expected) <= 4e-16 * fixture.baseRate + 1e-15 * expected,
                    "\(recorded.testDescription), step \(step): \(rate), recorded \(expected)")
            }
        }
    }

    @Test("a ratio of the run is rounded up and yields to a count of steps")
    func warmupSteps() {
        var settings = ScheduleSettings()
        settings.warmupRatio = 0.1
        #expect(settings.warmupSteps(of: 375) == 38)  // 37.5 rounded up
        #expect(settings.warmupSteps(of: 0) == 0)
        settings.warmupSteps = 5
        #expect(settings.warmupSteps(of: 375) == 5)
    }

    @Test(
        "every curve is finite for runs shorter than their warm-up, and far behind their end",
        arguments: ScheduleSettings.Kind.allCases)
    func staysFinite(kind: ScheduleSettings.Kind) {
        for (total, warmup) in [(0, 0), (1, 0), (1, 1), (3, 10), (10, 10), (7, 3)] {
            var settings = ScheduleSettings()
            settings.kind = kind
            settings.warmupSteps = warmup
            settings.arguments.minimumRatio = 0.1
            let schedule = LearningRateSchedule(settings, baseRate: 1e-3, totalSteps: total)
            for step in [0, 1, 2, 3, 9, 10, 11, 1_000_000] {
                let rate = schedule.rate(step: step)
                #expect(rate.isFinite && rate >= 0, "\(kind) \(total) \(warmup) \(step): \(rate)")
            }
        }
    }
}
