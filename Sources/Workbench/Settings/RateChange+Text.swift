// A change of the learning rate as people write it, in the interface and on the command line.

import Kernel

extension RateChange {
    /// `1e-4` is a peak; `x0.5`, `×0.5`, `*0.5` and `50%` are factors. Nil for what is no number above 0.
    init?(_ text: String) {
        var text = text.filter { !$0.isWhitespace }
        let change: RateChange?
        if text.hasSuffix("%") {
            text.removeLast()
            change = Double(text).map { .factor($0 / 100) }
        } else if let first = text.first, "x×*".contains(first) {
            change = Double(text.dropFirst()).map(RateChange.factor)
        } else {
            change = Double(text).map(RateChange.peak)
        }
        guard let change, change.factor(baseRate: 1) != nil else { return nil }
        self = change
    }

    /// The same in writing: what `init` reads as this change.
    var text: String {
        switch self {
        case .factor(let factor): "x\(factor)"
        case .peak(let peak): "\(peak)"
        }
    }
}
