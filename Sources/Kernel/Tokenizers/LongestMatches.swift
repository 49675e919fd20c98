// The longest pattern that begins at each place of a text, in one pass whatever patterns and text
// are: an automaton of Aho and Corasick over the reversed patterns, run from the end of the text.
// It knows no tokens. The plain search is faster on ordinary text; this one is never slow.

/// A fixed set of byte patterns.
struct LongestMatches: Sendable {
    /// Next node by node · 256 + byte, where the trie has one.
    private var edges: [Int: Int] = [:]
    /// The node of the longest proper suffix that the trie has.
    private var fallbacks: [Int] = [0]
    /// The longest pattern that ends at the node or at one of its fallbacks, else -1.
    private var longest: [Int32] = [-1]

    /// An automaton for the patterns; of equal ones the last counts, empty ones never match.
    init(_ patterns: [[UInt8]]) {
        var children: [[(byte: Int, node: Int)]] = [[]]
        for (index, pattern) in patterns.enumerated() where !pattern.isEmpty {
            var node = 0
            for byte in pattern.reversed() {
                let edge = node * 256 + Int(byte)
                if let next = edges[edge] {
                    node = next
                } else {
                    let next = longest.count
                    edges[edge] = next
                    children[node].append((Int(byte), next))
                    children.append([])
                    longest.append(-1)
                    fallbacks.append(0)
                    node = next
                }
            }
            longest[node] = Int32(index)
        }
        // Breadth first, so that a fallback, which is shorter, is complete when it is asked for.
        var waiting = [0]
        var next = 0
        while next < waiting.count {
            let node = waiting[next]
            next += 1
            for (byte, child) in children[node] {
                if node != 0 { fallbacks[child] = step(from: fallbacks[node], by: byte) }
                if longest[child] < 0 { longest[child] = longest[fallbacks[child]] }
                waiting.append(child)
            }
        }
    }

    private func step(from start: Int, by byte: Int) -> Int {
        var node = start
        while true {
            if let next = edges[node * 256 + byte] { return next }
            if node == 0 { return 0 }
            node = fallbacks[node]
        }
    }

    /// For each place of the range the number of the longest pattern that begins there and ends
    /// inside of the range, else -1.
    func patterns(in bytes: [UInt8], _ range: Range<Int>) -> [Int32] {
        var found = [Int32](repeating: -1, count: range.count)
        var node = 0
        for at in range.reversed() {
            node = step(from: node, by: Int(bytes[at]))
            found[at - range.lowerBound] = longest[node]
        }
        return found
    }
}
