// Which pane the wheel is for: the topmost below the pointer, the focused one where there is none.

import Testing

@testable import Panels

@Suite struct WheelPlaceTests {
    private enum Part: Int { case left, right }

    @Test func thePaneBelowThePointerIsTheTopmostInsideTheFrame() {
        var frame = Frame(size: Size(20, 6))
        frame.markWheel(Rect(0, 0, 20, 6), Part.left)
        frame.markWheel(Rect(15, 2, 90, 90), Part.right)
        frame.markWheel(Rect(30, 0, 5, 5), Part.right)
        #expect(frame.wheelPlaces.map(\.area) == [frame.area, Rect(15, 2, 5, 4)])
        #expect(frame.pane(at: Point(14, 2)) == 0 && frame.pane(at: Point(15, 2)) == 1)
        #expect(frame.pane(at: Point(15, 1)) == 0 && frame.pane(at: Point(40, 2)) == nil)
        frame.unmark()
        #expect(frame.pane(at: Point(15, 2)) == nil)
    }

    @Test func keysBelongToTheFocusAndTheWheelToItsPane() {
        var mouse = Mouse(.wheelUp, at: Point(3, 3))
        #expect(Key.up.pane(focused: Part.right) == .right)
        #expect(Key.mouse(mouse).pane(focused: Part.right) == .right)
        mouse.pane = Part.left.rawValue
        #expect(Key.mouse(mouse).pane(focused: Part.right) == .left)
        mouse.pane = 7
        #expect(Key.mouse(mouse).pane(focused: Part.right) == .right)
    }
}
