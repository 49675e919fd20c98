// Every widget at the two sizes that are promised, in a corner of nothing, and at random places.

import TestSupport
import Testing

@testable import Panels

@Suite struct WidgetDrawingTests {
    @Test(arguments: WidgetCase.all, Samples.sizes)
    func snapshot(widget: WidgetCase, size: Size) {
        var frame = Theme.standard.frame(size)
        widget.draw(frame.area, &frame, .standard)
        #expect(brokenPromise(of: frame) == nil)
        let name = "\(widget.name)-\(size.width)x\(size.height)"
        #expect(Snapshot.difference(frame, named: name) == nil)
    }

    /// The role of every cell, at a size that shows something of everything.
    @Test(arguments: WidgetCase.all)
    func roles(widget: WidgetCase) {
        var frame = RolePalette.theme.frame(WidgetCase.rolesSize)
        widget.draw(frame.area, &frame, RolePalette.theme)
        #expect(brokenPromise(of: frame) == nil)
        #expect(Snapshot.roleDifference(frame, named: widget.name + "-roles") == nil)
    }

    /// A picture that no test compares would lie there unread.
    @Test func everyStoredPictureIsUsed() throws {
        let names = WidgetCase.all.map(\.name)
        let used = names.flatMap { name in
            Samples.sizes.map { "\(name)-\($0.width)x\($0.height)" } + [name + "-roles"]
        }
        #expect(try Snapshot.stored() == used.sorted())
    }

    @Test(arguments: WidgetCase.all)
    func survivesTinyAndStrangePlaces(widget: WidgetCase) {
        var random = SeededGenerator(seed: 9)
        for width in 0...12 {
            for height in 0...6 {
                var frame = Frame(size: Size(width, height))
                widget.draw(frame.area, &frame, .dark)
                #expect(brokenPromise(of: frame) == nil, "\(width)×\(height)")
            }
        }
        for _ in 0..<60 {
            var frame = Frame(size: Size(40, 12))
            func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
            let place = Rect(number(0...40), number(0...12), number(0...50), number(0...16))
                .intersection(frame.area)
            widget.draw(place, &frame, .mono)
            #expect(brokenPromise(of: frame) == nil)
            for y in 0..<12 {
                for x in 0..<40 where !place.contains(Point(x, y)) {
                    #expect(frame[x, y] == .blank, "\(widget.name) drew outside of \(place)")
                }
            }
        }
    }
}
