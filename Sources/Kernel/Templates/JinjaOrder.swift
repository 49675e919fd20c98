// Sorting and grouping as Python's `sorted` does: stable, with every comparison counted.

/// Orders values.
enum JinjaOrder {
    /// Items by their keys, from the least; with `isReversed` from the greatest, and still stable.
    static func sorted<Item>(
        _ pairs: [(key: JinjaValue, item: Item)], _ interpreter: JinjaInterpreter,
        isReversed: Bool = false
    ) throws(JinjaFailure) -> [Item] {
        var order = Array(pairs.indices)
        var width = 1
        while width < order.count {
            var next: [Int] = []
            next.reserveCapacity(order.count)
            for start in stride(from: 0, to: order.count, by: 2 * width) {
                let middle = min(start + width, order.count)
                let end = min(start + 2 * width, order.count)
                var (left, right) = (start, middle)
                while left < middle, right < end {
                    let (a, b) = (pairs[order[left]].key, pairs[order[right]].key)
                    let comes =
                        isReversed
                        ? try isLess(a, b, interpreter) : try isLess(b, a, interpreter)
                    next.append(comes ? order[right] : order[left])
                    if comes { right += 1 } else { left += 1 }
                }
                next += order[left..<middle]
                next += order[right..<end]
            }
            try interpreter.spend(order.count)
            order = next
            width *= 2
        }
        return order.map { pairs[$0].item }
    }

    private static func isLess(
        _ a: JinjaValue, _ b: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        try JinjaArithmetic.order(a, b, interpreter).map { $0 < 0 } ?? false
    }
}
