// Notices a loss that leaves the others behind: far above what was usual in the steps before, once until it is
// back among them. It knows no step and reports nothing itself.

/// Watches losses step by step.
struct LossWatch: Equatable, Sendable {
    /// Losses that are looked back at.
    private static let window = 32
    /// Fewer give no result: the first steps of a run are all over the place.
    private static let least = 8

    private var recent: [Double] = []
    /// Whether the loss is away at the moment.
    private(set) var isAway = false

    /// The largest of the usual losses, the highest tenth aside; nil while there are too few.
    var usual: Double? {
        guard recent.count >= Self.least else { return nil }
        let sorted = recent.sorted()
        return sorted[sorted.count * 9 / 10]
    }

    /// Takes a loss; true when it jumps.
    mutating func take(_ loss: Double) -> Bool {
        // What is not a number is reported separately.
        guard loss.isFinite else { return false }
        guard let usual else {
            recent.append(loss)
            return false
        }
        if isAway {
            isAway = loss > max(2 * usual, usual + 0.5)
        } else if loss > max(4 * usual, usual + 1) {
            isAway = true
            return true
        }
        // Losses that are away do not become usual while they are.
        guard !isAway else { return false }
        recent.append(loss)
        if recent.count > Self.window { recent.removeFirst() }
        return false
    }
}
