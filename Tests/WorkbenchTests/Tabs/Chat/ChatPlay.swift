// The chat tab as tests of it play it: a robot at its keys, the requests that it makes, and the events that
// answer them.

import Panels
import TestSupport

@testable import Workbench

/// Tests that play the chat tab alone.
protocol ChatPlay {}

extension ChatPlay {
    typealias Player = Robot<TabApp<ChatTab.State, ChatTab.Action>>

    func robot(_ state: ChatTab.State, size: Size = Size(80, 24)) -> Player {
        Robot(TabApp(state, ChatSamples.rules), size: size)
    }

    func requests(_ robot: Player) -> [ChatRequest] {
        robot.effects.compactMap { if case .chat(.ask(let request)) = $0 { request } else { nil } }
    }

    func tell(_ robot: inout Player, _ events: ChatEvent...) {
        for event in events {
            robot.send(.message(.arrived(robot.app.state.pending.keys.min() ?? 0, event)))
        }
    }
}
