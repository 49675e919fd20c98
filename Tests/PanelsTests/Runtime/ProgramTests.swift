// The loop with a terminal in memory: everything is drained before one picture, nothing happens
// while nothing happens, and every way to end is clean.

import Foundation
import TestSupport
import Testing

@testable import Panels

private struct Counter: App {
    enum Effect: Equatable { case report(Int) }

    var seen: [String] = []
    var isFinished = false
    var tickInterval: Duration?
    var ticksMax = 3
    var lastMail: Int?

    mutating func update(_ event: Event<Int>) -> [Effect] {
        switch event {
        case .key(.character("q")): isFinished = true
        case .key(let key): seen.append(key.label)
        case .resize(let size): seen.append("\(size.width)x\(size.height)")
        case .shown(let depth): seen.append("shown \(depth)")
        case .hidden: seen.append("hidden")
        case .tick:
            seen.append("tick")
            ticksMax -= 1
            if ticksMax == 0 { isFinished = true }
        case .message(let number):
            seen.append("message \(number)")
            isFinished = number == lastMail
            return [.report(number)]
        case .closing(let reason): seen.append("closing \(reason)")
        }
        return []
    }

    func view(in size: Size) -> Frame {
        var frame = Frame(size: size)
        frame.put("\(seen.count) events", in: frame.area)
        return frame
    }
}

@Suite struct ProgramTests {
    @Test func drainsEverythingThenDrawsOnce() {
        let queue = EventQueue<Int>()
        queue.post(1)
        queue.post(contentsOf: [2, 3])
        let terminal = MemoryTerminal(
            size: Size(20, 3),
            script: [[.key(.up), .key(.down), .woken], [.key(.character("q")), .key(.left)]])
        var program = Program(Counter(), terminal: terminal, queue: queue)
        var reported: [Counter.Effect] = []
        let (app, ending) = program.run { effect, _ in reported.append(effect) }
        #expect(app.seen == ["20x3", "message 1", "message 2", "message 3", "↑", "↓"])
        #expect(reported == [.report(1), .report(2), .report(3)])
        #expect(ending == .finished)
        // One picture after the start, one after the first batch.
        #expect(terminal.frames.map { $0.text(ofRow: 0) } == ["4 events", "6 events"])
        #expect(terminal.journal == ["close"])
    }

    @Test func endsWhenTheTerminalIsGone() {
        let terminal = MemoryTerminal(size: Size(9, 1), script: [[.closing(.hangup)]])
        var program = Program(Counter(), terminal: terminal, queue: EventQueue())
        let (app, ending) = program.run { _, _ in }
        #expect(ending == .closed(.hangup))
        #expect(app.seen.last == "closing hangup")
        #expect(terminal.journal == ["close"])
    }

    @Test func goesOnWithoutAScreenAndShowsTheNext() {
        let terminal = MemoryTerminal(
            size: Size(20, 3),
            script: [
                [.hidden], [.key(.up)], [.key(.down)], [.shown(.sixteen), .resize(Size(9, 2))],
                [.key(.character("q"))],
            ])
        var program = Program(Counter(), terminal: terminal, queue: EventQueue<Int>())
        let (app, _) = program.run { _, _ in }
        #expect(app.seen == ["20x3", "hidden", "↑", "↓", "shown sixteen", "9x2"])
        #expect(terminal.frames.map { $0.text(ofRow: 0) } == ["1 events", "6 events"])
        #expect(terminal.screen.size == Size(9, 2))
    }

    @Test func resizesStopsAndRepaints() {
        let terminal = MemoryTerminal(
            size: Size(20, 2),
            script: [[.resize(Size(30, 4))], [.key(.control("z"))], [.key(.control("l"))]])
        var program = Program(Counter(), terminal: terminal, queue: EventQueue())
        let (app, _) = program.run { _, _ in }
        #expect(app.seen == ["20x2", "30x4", "30x4", "closing hangup"])
        #expect(terminal.journal == ["stop", "repaint", "close"])
        #expect(terminal.screen.size == Size(30, 4))
    }

    @Test func sleepsWhileNothingHappens() {
        let queue = EventQueue<Int>()
        let terminal = MemoryTerminal(
            size: Size(20, 2), script: [[]], patience: .seconds(20))
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.05)
            for number in 0..<100 { queue.post(number) }
        }
        thread.start()
        var counter = Counter()
        counter.lastMail = 99
        var program = Program(counter, terminal: terminal, queue: queue)
        let (app, ending) = program.run { _, _ in }
        #expect(ending == .finished)
        #expect(app.seen.count == 101)
        // A busy loop would have waited thousands of times; how the threads take turns is the system's affair.
        #expect(terminal.waitCount <= 110)
        #expect(terminal.frames.count <= terminal.waitCount)
    }

    @Test func drawsOnceForAllThatCameMeanwhile() {
        let queue = EventQueue<Int>()
        for number in 0..<100 { queue.post(number) }
        let terminal = MemoryTerminal(
            size: Size(20, 2), script: [[]], patience: .seconds(20))
        var counter = Counter()
        counter.lastMail = 99
        var program = Program(counter, terminal: terminal, queue: queue)
        let (app, ending) = program.run { _, _ in }
        #expect(ending == .finished && app.seen.count == 101)
        #expect(terminal.frames.count <= 3 && terminal.waitCount <= 5)
    }

    @Test func ticksOnlyWhenAsked() {
        let terminal = MemoryTerminal(size: Size(9, 1), patience: .seconds(20))
        var counter = Counter()
        counter.tickInterval = .milliseconds(5)
        var program = Program(counter, terminal: terminal, queue: EventQueue())
        let (app, ending) = program.run { _, _ in }
        #expect(ending == .finished)
        #expect(app.seen == ["9x1", "tick", "tick", "tick"])
    }

    @Test func queueTakesFromManyThreads() {
        let queue = EventQueue<Int>()
        DispatchQueue.concurrentPerform(iterations: 8) { part in
            for number in 0..<500 { queue.post(part * 500 + number) }
        }
        #expect(queue.drain().sorted() == Array(0..<4000))
        #expect(queue.drain().isEmpty)
        #expect(Wake.wait([queue.wakeDescriptor], for: .zero).isEmpty)
    }

    @Test func robotPlaysThePerson() {
        var robot = Robot(Counter(), size: Size(20, 2)) { effect in
            if case .report(1) = effect { [2] } else { [] }
        }
        robot.type("ab")
        robot.press(.enter)
        robot.send(.message(1))
        robot.resize(to: Size(10, 1))
        #expect(robot.app.seen == ["20x2", "a", "b", "Enter", "message 1", "message 2", "10x1"])
        #expect(robot.effects == [.report(1), .report(2)])
        #expect(robot.shows("7 events"))
    }
}
