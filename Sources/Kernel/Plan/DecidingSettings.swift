// The settings of a plan that decide the result of its run, as text. It knows no key of a settings file.

import Foundation

/// The settings that differ from a plan's defaults, one line each: "tuning.lora.rank=16".
///
/// A setting that is added to plans later leaves the lines of every plan that does not use it as they were, so
/// the checkpoints of such a plan are resumed by programs that know the new setting.
enum DecidingSettings {
    /// Raised when the default of a setting changes: the same lines then mean another run.
    static let version = 1

    /// The lines in order. Output folder, logging, samples and saving decide nothing.
    static func lines(of plan: TrainingPlan) throws(KernelError) -> [String] {
        let own = try leaves(of: deciding(plan))
        let defaults = try leaves(of: TrainingPlan())
        let changed = own.filter { defaults[$0.key] != $0.value }.map { "\($0.key)=\($0.value)" }
        let absent = defaults.keys.filter { own[$0] == nil }.map { "\($0) is absent" }
        return (changed + absent).sorted()
    }

    /// The plan without what decides nothing.
    static func deciding(_ plan: TrainingPlan) -> TrainingPlan {
        var deciding = plan
        deciding.output = .init()
        deciding.logging = .init()
        deciding.checkpointing = .init()
        deciding.checkpointing.loadsBest = plan.checkpointing.loadsBest
        deciding.samples = .init()
        deciding.encoding.rowsAreOpen = plan.opensRows
        return deciding
    }

    /// The values of a plan by their paths.
    private static func leaves(of plan: TrainingPlan) throws(KernelError) -> [String: String] {
        guard let bytes = try? JSONEncoder().encode(plan),
            let json = try? bytes.withUnsafeBytes({ try JSONValue(parsing: $0, source: "plan") })
        else { throw KernelError(.internalFault, "cannot encode the plan") }
        var leaves: [String: String] = [:]
        collect(json, at: "", into: &leaves)
        return leaves
    }

    private static func collect(
        _ value: JSONValue, at path: String, into leaves: inout [String: String]
    ) {
        let parts: [(String, JSONValue)]
        switch value {
        case .object(let members): parts = members.map { ($0.key, $0.value) }
        case .array(let items): parts = items.enumerated().map { ("\($0)", $1) }
        default: parts = []
        }
        if parts.isEmpty { leaves[path] = value.text() }
        for (name, part) in parts {
            collect(part, at: path.isEmpty ? name : "\(path).\(name)", into: &leaves)
        }
    }
}
