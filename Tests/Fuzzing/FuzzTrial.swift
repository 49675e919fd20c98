// How much of a reader's inputs a run of the tests tries, as the environment says, and what must be true of the
// outcome. FUZZ=1, as in `make fuzz`, tries a million each, WORKBENCH_FUZZ_INPUTS as many as it says, on all
// processors; without them it is a few thousand on one thread.
import Foundation

/// A reader's trial.
enum FuzzTrial {
    private static let environment = ProcessInfo.processInfo.environment
    static let isCampaign = environment["FUZZ"]?.isEmpty == false
    private static let first = environment["WORKBENCH_FUZZ_FIRST"].flatMap { Int($0) } ?? 0

    /// Those of some readers' names that the environment asks for; all where it names none.
    static func chosen(_ names: [String]) -> [String] {
        guard let list = environment["WORKBENCH_FUZZ_READERS"] else { return names }
        let wanted = list.split(separator: ",").map(String.init)
        return names.filter(wanted.contains)
    }

    /// Tries a reader; what is wrong with the outcome, empty when nothing is.
    ///
    /// - Parameter few: how many inputs are tried where no campaign is asked for.
    static func complaints(of reader: FuzzReader, few: Int = 8_000) throws -> [String] {
        let inputs =
            environment["WORKBENCH_FUZZ_INPUTS"].flatMap { Int($0) }
            ?? (isCampaign ? 1_000_000 : few)
        let campaign = FuzzCampaign(
            first..<first + inputs,
            threads: isCampaign ? ProcessInfo.processInfo.activeProcessorCount : 1,
            markFolder: isCampaign ? NSTemporaryDirectory() : nil)
        let report = try campaign.run(reader)
        if isCampaign { print("\(reader.name): \(report.summary)") }
        return complaints(report, reader, inputs)
    }

    private static func complaints(
        _ report: FuzzReport, _ reader: FuzzReader, _ inputs: Int
    ) -> [String] {
        var found = report.wrong.map { "input \($0.number): \($0.what)" }
        if report.inputs != inputs { found.append("\(report.inputs) of \(inputs) inputs") }
        // A look at one input says nothing of all.
        if inputs >= 1_000 {
            if report.accepted <= inputs / 40 {
                found.append("the mutations are too rough: \(report.summary)")
            }
            let missing = reader.reaches.subtracting(report.refused.keys)
            if !missing.isEmpty { found.append("not seen: \(missing.sorted())") }
        }
        if report.slowest.seconds >= 1 {
            found.append("input \(report.slowest.number) took \(report.slowest.seconds) s")
        }
        // Other tests run beside the short one.
        if isCampaign, report.memoryGrowth >= 64 << 20 {
            found.append("\(report.memoryGrowth >> 20) MiB more memory")
        }
        return found
    }
}
