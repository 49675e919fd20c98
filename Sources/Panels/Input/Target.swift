// What a click means: places of a frame with the keys that do the same. Widgets mark what they draw,
// so that whatever the mouse does the keyboard can do. It does not press the keys.

/// A place that can be clicked.
public struct Target: Hashable, Sendable {
    /// Where it is.
    public let area: Rect
    /// The keys that a click stands for, in order.
    public let keys: [Key]
}

extension Frame {
    /// Makes a place clickable; what is marked later lies on top.
    public mutating func mark(_ area: Rect, _ keys: [Key]) {
        let visible = area.intersection(self.area)
        guard !visible.isEmpty, !keys.isEmpty else { return }
        targets.append(Target(area: visible, keys: keys))
    }

    /// Makes nothing clickable, and nothing scroll, of what was drawn so far: something lies over it.
    public mutating func unmark() { (targets, wheelPlaces) = ([], []) }

    /// The keys that a click at a place stands for.
    public func keys(at point: Point) -> [Key] {
        targets.last { $0.area.contains(point) }?.keys ?? []
    }
}
