// Observers that write or send what a run measures for another program (`report_to`), one row each. What they need is
// handed to them when the run's state is known; a reporter that cannot begin is told, and the run continues without.

import Foundation

/// The process and machine that a run is on, as others name them.
public struct RunHost: Sendable {
    public var name: String
    public var process: Int
    /// Seconds since 1970.
    public var wallClock: @Sendable () -> Double
    /// Seconds that local time is ahead of UTC.
    public var zoneSeconds: Int

    public init(
        name: String, process: Int, zoneSeconds: Int, wallClock: @escaping @Sendable () -> Double
    ) {
        self.name = name
        self.process = process
        self.zoneSeconds = zoneSeconds
        self.wallClock = wallClock
    }

    /// A host without a name, at the beginning of 1970.
    public static let unknown = RunHost(
        name: "localhost", process: 0, zoneSeconds: 0, wallClock: { 0 })
}

/// What a reporter is made from.
public struct ReportSetup {
    /// The run's folder.
    public var folder: String
    public var plan: TrainingPlan
    /// The plan as YAML.
    public var planText: String
    public var host: RunHost
    /// The step that the run resumes from; 0 for a new one.
    public var firstStep: Int
    /// When the log has a line and what it says then: reports have the same.
    var cadence: LogCadence
}

/// A kind of report.
public struct Reporter: Sendable {
    /// The word of `report_to`.
    public let name: String
    /// Begins a report.
    let make: @Sendable (ReportSetup) throws(KernelError) -> any RunObserver

    /// All that there are, in the order in which they hear a run; the row of each stands in its own file.
    public static let all: [Reporter] = [.tensorBoard]

    /// The reporter of a word of `report_to`.
    public static func named(_ name: String) -> Reporter? { all.first { $0.name == name } }
}

extension RunEvents {
    /// Adds the reporters that a plan asks for; one that cannot begin is a notice.
    func addReporters(_ setup: ReportSetup) {
        for name in setup.plan.logging.reports {
            guard let reporter = Reporter.named(name) else { continue }
            do throws(KernelError) {
                add(try reporter.make(setup), at: .report)
            } catch {
                notice("The run is not reported to \(name): \(error)")
            }
        }
    }
}
