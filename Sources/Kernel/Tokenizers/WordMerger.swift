// Byte-pair merging of one word: the pair of lowest rank first, the leftmost among equals.
// It knows ids only. Words of any length cost n log n: a heap of pairs over a linked list.

import HeapModule

/// Merges the symbols of words; keeps its scratch memory between them.
struct WordMerger {
    private struct Symbol {
        var id: Int32
        /// 0 once the symbol was merged into its left neighbour.
        var isLive: Bool
        var previous: Int32
        var next: Int32
    }

    private struct Candidate: Comparable {
        var rank: Int32
        var position: Int32
        var result: Int32

        static func < (a: Candidate, b: Candidate) -> Bool {
            (a.rank, a.position) < (b.rank, b.position)
        }
    }

    /// Up to this length the plain search for the best pair is faster than a heap.
    private static let shortWordMax = 24
    private var ranks: [Int32] = []
    private var results: [Int32] = []

    /// Merges `ids` in place.
    mutating func merge(_ ids: inout [Int32], with table: MergeTable) {
        if ids.count <= Self.shortWordMax {
            mergeShort(&ids, with: table)
        } else {
            Self.mergeLong(&ids, with: table)
        }
    }

    private mutating func mergeShort(_ ids: inout [Int32], with table: MergeTable) {
        guard ids.count > 1 else { return }
        ranks.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        for i in 0..<ids.count - 1 {
            let found = table.merge(ids[i], ids[i + 1])
            ranks.append(found?.rank ?? .max)
            results.append(found?.result ?? -1)
        }
        while !ranks.isEmpty {
            var best = 0
            for i in 1..<max(1, ranks.count) where ranks[i] < ranks[best] { best = i }
            guard ranks[best] != .max else { return }
            ids[best] = results[best]
            ids.remove(at: best + 1)
            ranks.remove(at: best)
            results.remove(at: best)
            for i in [best - 1, best] where i >= 0 && i < ranks.count {
                let found = table.merge(ids[i], ids[i + 1])
                ranks[i] = found?.rank ?? .max
                results[i] = found?.result ?? -1
            }
        }
    }

    private static func mergeLong(_ ids: inout [Int32], with table: MergeTable) {
        let count = ids.count
        var symbols: [Symbol] = []
        symbols.reserveCapacity(count)
        var candidates: [Candidate] = []
        for (i, id) in ids.enumerated() {
            let next = i + 1 < count ? Int32(i + 1) : -1
            symbols.append(Symbol(id: id, isLive: true, previous: Int32(i - 1), next: next))
            if i + 1 < count, let found = table.merge(id, ids[i + 1]) {
                candidates.append(
                    Candidate(rank: found.rank, position: Int32(i), result: found.result))
            }
        }
        var heap = Heap(candidates)
        while let best = heap.popMin() {
            let at = Int(best.position)
            guard symbols[at].isLive, symbols[at].next >= 0 else { continue }
            let right = Int(symbols[at].next)
            // The pair may have changed since it was pushed: then its rule is another one.
            guard let found = table.merge(symbols[at].id, symbols[right].id),
                found.rank == best.rank, found.result == best.result
            else { continue }
            symbols[at].id = best.result
            symbols[right].isLive = false
            symbols[at].next = symbols[right].next
            if symbols[at].next >= 0 { symbols[Int(symbols[at].next)].previous = best.position }
            push(at, symbols, table, &heap)
            if symbols[at].previous >= 0 { push(Int(symbols[at].previous), symbols, table, &heap) }
        }
        ids.removeAll(keepingCapacity: true)
        for symbol in symbols where symbol.isLive { ids.append(symbol.id) }
    }

    private static func push(
        _ at: Int, _ symbols: [Symbol], _ table: MergeTable, _ heap: inout Heap<Candidate>
    ) {
        let next = symbols[at].next
        guard next >= 0, let found = table.merge(symbols[at].id, symbols[Int(next)].id) else {
            return
        }
        heap.insert(Candidate(rank: found.rank, position: Int32(at), result: found.result))
    }
}
