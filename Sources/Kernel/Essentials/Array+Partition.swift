// Binary search in an array that is ordered by a condition.

extension Array {
    /// The first index for which `belongs` holds, given that it holds for a suffix.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
