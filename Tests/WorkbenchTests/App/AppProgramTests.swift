// The interface on a terminal in memory, through the real loop: from an empty plan to a run.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct AppProgramTests {
    @Test func aRunIsAFewKeysAway() throws {
        let keys: [Key] = [
            .enter, .character("2"), .character(" "), .character("3"),
        ]
        var script = keys.map { [TerminalInput.key($0)] }
        script.append([.resize(Size(120, 40))])
        script.append([.key(.function(5))])
        let terminal = MemoryTerminal(size: Size(80, 24), script: script)
        let queue = EventQueue<AppMessage>()
        var plan = TrainingPlan()
        plan.output.folder = "runs/first"
        var program = Program(
            AppProgram(AppState(plan: plan)), terminal: terminal, queue: queue)
        var effects: [Effect] = []
        let (app, ending) = program.run { effect, _ in
            effects.append(effect)
            queue.post(contentsOf: Fixture.world(effect))
        }
        #expect(ending == .closed(.hangup))
        let started = effects.compactMap { effect in
            if case .train(.startRun(let plan)) = effect { plan } else { nil }
        }
        let run = try #require(started.first)
        #expect(run.model.path == Fixture.smol.path)
        #expect(run.encoding.template == "chatml")
        #expect(run.data.names == ["identity"])
        #expect(app.state.tab == .train)
        #expect(terminal.frames.contains { $0.text.contains("Ready: press S or F5") })
        #expect(terminal.screen.size == Size(120, 40))
        #expect(terminal.journal.last == "close")
    }

    @Test func aStillScreenIsNotDrawnAgain() {
        let terminal = MemoryTerminal(size: Size(80, 24), script: [[.key(.character("q"))]])
        var program = Program(
            AppProgram(AppState()), terminal: terminal, queue: EventQueue<AppMessage>())
        let (_, ending) = program.run { _, _ in }
        #expect(ending == .finished)
        #expect(terminal.frames.count == 1)
    }
}
