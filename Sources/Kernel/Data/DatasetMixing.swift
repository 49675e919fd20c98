// How several training sets become one: which example follows which. A pure function of the sets'
// sizes, the chances and a seed, with the rules of Hugging Face's interleave_datasets.

/// How several data sets become one.
public enum DatasetMixing: String, Sendable, Codable, CaseIterable {
    /// One after the other, each example once.
    case concatenate = "concat"
    /// In turns until the first set is used up; the rest of the others is left out.
    case interleaveUnder = "interleave_under"
    /// In turns until every set was used up once; shorter ones begin anew.
    case interleaveOver = "interleave_over"
    /// In turns, each example once; sets that are used up are passed over.
    case interleaveOnce = "interleave_once"
}

extension DatasetMixing {
    /// One example: the set it is from and its number there.
    struct Place: Equatable {
        /// The number of the set.
        var set: Int
        /// The number of the example in its set.
        var index: Int
    }

    /// How many times the sets' size a mixture may grow by repetition.
    static let growthMaximum = 1000

    /// The order of all examples of sets with so many each.
    ///
    /// With `chances` (one a set, in any unit) the next set is drawn, without them the sets take
    /// turns. Sets without examples and sets that are never drawn take no part.
    func order(
        of counts: [Int], chances: [Double], random: RandomSource
    ) throws(KernelError) -> [Place] {
        precondition(
            chances.isEmpty || chances.count == counts.count,
            "\(chances.count) chances for \(counts.count) sets")
        let sets = counts.indices.filter { counts[$0] > 0 }
        guard self != .concatenate else { return Self.rest(of: sets, counts) }
        guard !chances.isEmpty else { return rounds(of: sets, counts) }
        var stream = random.stream(.mixing)
        return try draws(from: sets.filter { chances[$0] > 0 }, counts, chances, &stream)
    }

    private static func rest(of sets: [Int], _ counts: [Int]) -> [Place] {
        sets.flatMap { set in (0..<counts[set]).map { Place(set: set, index: $0) } }
    }

    /// Whole rounds in which every set has its turn.
    private func rounds(of sets: [Int], _ counts: [Int]) -> [Place] {
        let sizes = sets.map { counts[$0] }
        guard let least = sizes.min(), let most = sizes.max() else { return [] }
        return (0..<(self == .interleaveUnder ? least : most)).flatMap { round in
            sets.compactMap { set in
                if self == .interleaveOnce, round >= counts[set] { return nil }
                return Place(set: set, index: round % counts[set])
            }
        }
    }

    /// Turns by chance, until one set or all are used up.
    private func draws(
        from sets: [Int], _ counts: [Int], _ chances: [Double], _ stream: inout RandomStream
    ) throws(KernelError) -> [Place] {
        var (open, unused, order): ([Int], Int, [Place]) = (sets, sets.count, [])
        var (next, isUsedUp) = (counts.map { _ in 0 }, counts.map { _ in false })
        let limit = Self.growthMaximum * counts.reduce(0, +)
        while unused > 0, !open.isEmpty {
            guard order.count < limit else { throw Self.overgrown(limit) }
            let set = Self.drawn(open, chances, at: stream.uniformDouble())
            order.append(Place(set: set, index: next[set]))
            next[set] += 1
            guard next[set] == counts[set] else { continue }
            next[set] = 0
            if !isUsedUp[set] { unused -= 1 }
            isUsedUp[set] = true
            switch self {
            case .interleaveUnder: return order
            case .interleaveOnce: open.removeAll { $0 == set }
            case .interleaveOver, .concatenate: break
            }
        }
        return order
    }

    /// The set whose share of the sum of chances holds `point`, a number in [0, 1).
    private static func drawn(_ sets: [Int], _ chances: [Double], at point: Double) -> Int {
        var rest = point * sets.reduce(0) { $0 + chances[$1] }
        for set in sets.dropLast() {
            if rest < chances[set] { return set }
            rest -= chances[set]
        }
        return sets[sets.count - 1]
    }

    private static func overgrown(_ limit: Int) -> KernelError {
        KernelError(
            .configuration, "the mixture would repeat its data sets too often",
            at: "interleave_probs", because: "it has more than \(limit) examples",
            hint: "Give small chances only to small sets, or use interleave_once.")
    }
}
