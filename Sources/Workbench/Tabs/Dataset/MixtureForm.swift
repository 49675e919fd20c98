// How the marked sets are mixed, as a form: the way, and a weight for each set when they take turns by
// chance. Whether the plan accepts it is decided by the plan's own checks.

import Kernel
import Panels

/// A mixture while it is edited.
struct MixtureForm: Equatable, Sendable {
    var mixing: DatasetMixing
    var names: [String]
    /// One weight a set; all are empty while the sets take turns.
    var weights: [Double]
    var form = FormState()

    init(_ data: TrainingPlan.DataSources) {
        (mixing, names) = (data.mixing, data.names)
        weights =
            data.probabilities.count == data.names.count
            ? data.probabilities : data.names.map { _ in 1 }
    }

    /// The settings of the plan.
    func written(to data: inout TrainingPlan.DataSources) {
        data.mixing = mixing
        // Equal weights are what taking turns means.
        let isEven = Set(weights).count <= 1
        data.probabilities = mixing == .concatenate || isEven ? [] : weights
    }

    /// What is wrong, if anything.
    var problem: String? {
        mixing == .concatenate || weights.contains { $0 > 0 }
            ? nil : tr("one of the weights must be above 0")
    }

    /// The share of a set among the examples that are drawn.
    static func share(_ index: Int, of weights: [Double]) -> Double {
        let sum = weights.reduce(0, +)
        return sum > 0 ? weights[index] / sum : 0
    }

    var fields: Form {
        let isOff: DisplayText? =
            mixing == .concatenate ? tr("each set is read whole, one after the other") : nil
        let way = Form.Field(
            id: "mixing", label: tr("Mixing"),
            editor: .choice(DatasetMixing.allCases.map(\.rawValue)), value: mixing.rawValue,
            help: tr("concat: all of each · under: until one is used up · over: until all are"),
            note: DisplayText(Self.note(mixing)))
        let chances = names.enumerated().map { index, name in
            Form.Field(
                id: "weight \(index)", label: DisplayText(name).truncated(to: 24),
                editor: .real(0...1_000_000), value: NumberText.setting(weights[index]),
                help: tr("equal weights take turns; others are drawn by chance"),
                note: isOff == nil
                    ? DisplayText(NumberText.percent(shareRounded(index))) : "",
                disabledReason: isOff)
        }
        return Form([Form.Section("", [way] + chances)])
    }

    private func shareRounded(_ index: Int) -> Double {
        (Self.share(index, of: weights) * 1000).rounded() / 1000
    }

    private static func note(_ mixing: DatasetMixing) -> String {
        switch mixing {
        case .concatenate: tr("one after the other")
        case .interleaveUnder: tr("until the first is used up")
        case .interleaveOver: tr("until all are used up, shorter ones anew")
        case .interleaveOnce: tr("each example once")
        }
    }

    /// Does what a key means in the form.
    mutating func handle(_ key: Key) {
        guard case .changed(let id, let value) = form.handle(key, fields: fields.fields) else {
            return
        }
        if id == "mixing" {
            mixing = DatasetMixing(rawValue: value) ?? mixing
        } else if let index = Int(id.dropFirst("weight ".count)), weights.indices.contains(index) {
            weights[index] = Double(value) ?? weights[index]
        }
    }
}
