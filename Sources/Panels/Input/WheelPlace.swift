// Which pane the wheel turns over: places of a frame with the owner's number for what scrolls there, so that
// the pane below the pointer scrolls, whichever pane has the keyboard. It scrolls nothing itself.

/// A place where the wheel scrolls one pane.
public struct WheelPlace: Hashable, Sendable {
    /// Where it is.
    public let area: Rect
    /// What the owner calls the pane.
    public let pane: Int
}

extension Frame {
    /// Makes the wheel over a place scroll a pane; what is marked later lies on top.
    public mutating func markWheel<Pane: RawRepresentable>(_ area: Rect, _ pane: Pane)
    where Pane.RawValue == Int {
        let visible = area.intersection(self.area)
        guard !visible.isEmpty else { return }
        wheelPlaces.append(WheelPlace(area: visible, pane: pane.rawValue))
    }

    /// The pane that the wheel scrolls at a place; nil where no place was marked.
    public func pane(at point: Point) -> Int? {
        wheelPlaces.last { $0.area.contains(point) }?.pane
    }
}

extension Key {
    /// The pane that a key is for: the one that the wheel turns over, else the one with the keyboard.
    public func pane<Pane: RawRepresentable>(focused: Pane) -> Pane where Pane.RawValue == Int {
        guard case .mouse(let mouse) = self else { return focused }
        return mouse.pane.flatMap(Pane.init(rawValue:)) ?? focused
    }
}
