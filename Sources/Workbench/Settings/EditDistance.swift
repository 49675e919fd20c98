// Finds the known name that a misspelled one was meant to be. It knows no keys itself.

/// The number of single-letter edits between words.
enum EditDistance {
    /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
    static func between(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var older = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(row[j] + 1, previous[j + 1] + 1)
                best = min(best, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, older[j - 1] + 1)
                }
                row.append(best)
            }
            (older, previous) = (previous, row)
        }
        return previous[b.count]
    }

    /// The nearest of the names, unless all are too far off to be meant.
    ///
    /// A name that has all of the word's two or more parts is nearer than one that differs by letters:
    /// `num_epochs` is `num_train_epochs`, not `ppo_epochs`. One in five letters may differ: a wrong guess
    /// misleads more than none.
    static func nearest(to word: String, among names: [String]) -> String? {
        guard word.utf8.count <= 80 else { return nil }
        let plain = word.lowercased().replacing("-", with: "_")
        let parts = Set(plain.split(separator: "_"))
        let containing = names.filter { parts.isSubset(of: $0.split(separator: "_")) }
        if parts.count > 1, let shortest = containing.min(by: { $0.utf8.count < $1.utf8.count }) {
            return shortest
        }
        let limit = plain.utf8.count < 5 ? 1 : max(2, plain.utf8.count / 5)
        return names.filter { abs($0.utf8.count - plain.utf8.count) <= limit }
            .map { (name: $0, distance: between(plain, $0)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }
}
