// Finds names in a list by their sorted hashes: a sixth of the memory of a table of the same names, which matters for
// headers of a million entries. It keeps no names and does not know what they name.

/// Where each name of a list is.
struct NameIndex: Sendable {
    private struct Place: Sendable {
        var hash: Int
        var position: Int32
    }

    /// Sorted by hash, then by position.
    private var places: [Place] = []

    init() {}

    /// The index of `count` names; one that occurs again is found at its first place.
    init(count: Int, _ name: (Int) -> String) {
        places.reserveCapacity(count)
        for position in 0..<count {
            places.append(Place(hash: name(position).hashValue, position: Int32(position)))
        }
        places.sort { ($0.hash, $0.position) < ($1.hash, $1.position) }
    }

    /// The first position whose name stands at an earlier one too; nil when all names differ.
    func firstRepeated(_ name: (Int) -> String) -> Int? {
        var first: Int?
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, places[end].hash == places[start].hash { end += 1 }
            if end - start > 1 {
                var seen: Set<String> = []
                let again = places[start..<end].first { place in
                    !seen.insert(name(Int(place.position))).inserted
                }
                if let position = again.map({ Int($0.position) }) {
                    first = min(first ?? position, position)
                }
            }
            start = end
        }
        return first
    }

    /// The position of `wanted`; nil when it is not there.
    func position(of wanted: String, _ name: (Int) -> String) -> Int? {
        let hash = wanted.hashValue
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        while low < places.count, places[low].hash == hash {
            let position = Int(places[low].position)
            if name(position) == wanted { return position }
            low += 1
        }
        return nil
    }
}
