// The terminal of a session: now this one, now another, now none. It takes the screen that a terminal proxy brings,
// gives it back when it is told to or when the terminal proxy is gone, and lets the program go on in between.

import Foundation
import Kernel
import Panels

/// A terminal that comes and goes. It belongs to the thread that draws.
final class SessionTerminal: Terminal {
    private(set) var size = Size(80, 24)
    private let port: SessionServer
    private var screen: CursesTerminal?
    /// Kept open as long as the screen is.
    private var file: OpenFile?
    private var proxy: LineConnection?
    private var waiting: [TerminalInput] = []
    private var usesMouse = false
    private let asksBackground: Bool
    private let isShown: (ScreenRequest) -> Void

    /// No screen yet: one comes through the port. Each is asked for its background if the theme
    /// follows it; `isShown` is called for each that is drawn on.
    init(
        _ port: SessionServer, asksBackground: Bool = false,
        isShown: @escaping (ScreenRequest) -> Void = { _ in }
    ) {
        (self.port, self.asksBackground, self.isShown) = (port, asksBackground, isShown)
    }

    var colorDepth: ColorDepth { screen?.colorDepth ?? .full }
    var isUTF8: Bool { screen?.isUTF8 ?? true }
    var isVisible: Bool { screen?.isVisible ?? false }

    func draw(_ frame: Frame) { screen?.draw(frame) }
    func suspend() { screen?.suspend() }
    func restore() { screen?.restore() }
    func repaint() { screen?.repaint() }
    func ring() { screen?.ring() }

    /// Also sets it for the screens that follow.
    func setMouse(_ isOn: Bool) {
        usesMouse = isOn
        screen?.setMouse(isOn)
    }

    /// Hands text to the clipboard of the user's terminal; false when it was not sent.
    func copy(_ text: String) -> Bool { screen?.copy(text) ?? false }

    func setTitle(_ title: DisplayText) { screen?.setTitle(title) }

    // MARK: - Input

    func wait(timeout: Duration?, wake: Int32) -> [TerminalInput] {
        var inputs = waiting
        waiting = []
        // Emptying the queue also consumes the wake of a report: reports are looked for before a wait.
        for note in port.drain() { inputs += take(note) }
        if inputs.isEmpty {
            inputs =
                screen?.wait(timeout: timeout, wake: wake)
                ?? Self.waitWithout(timeout: timeout, wake: wake)
        }
        inputs = inputs.flatMap { $0 == .closing(.hangup) ? lose() : [$0] }
        for note in port.drain() { inputs += take(note) }
        return inputs
    }

    /// Without a screen there are messages and SIGTERM.
    private static func waitWithout(timeout: Duration?, wake: Int32) -> [TerminalInput] {
        let (ready, signals) = Signals.wait([wake], for: timeout)
        let closing = signals.compactMap { number -> TerminalInput? in
            switch number {
            case SIGTERM: .closing(.terminate)
            case SIGINT: .closing(.interrupt)
            default: nil
            }
        }
        return closing + (ready.contains(wake) ? [.woken] : [])
    }

    private func take(_ note: SessionServer.Note) -> [TerminalInput] {
        switch note {
        case .asked(let request): return show(request)
        case .resized(let other):
            guard other === proxy, isVisible, let screen else { return [] }
            screen.adoptSize()
            size = screen.size
            return [.resize(size)]
        case .stopAsked(let other):
            if other === proxy { stopProcess() }
            return []
        case .continued(let other):
            guard other === proxy, let screen else { return [] }
            screen.restore()
            size = screen.size
            return [.resize(size)]
        case .leaving(let other, let signal):
            guard other === proxy else { return [] }
            screen?.close()
            other.send(["event": "left", "exit": .integer(128 + Int(signal))])
            return lose()
        case .gone(let other):
            // A terminal that asked and was not shown yet is gone as well: then there is none.
            return other === proxy || proxy == nil ? lose() : []
        }
    }

    // MARK: - Coming and going

    /// Shows the session on another terminal; the one before is told and gets its shell back.
    private func show(_ request: ScreenRequest) -> [TerminalInput] {
        let type = request.environment["TERM"] ?? ""
        guard CursesTerminal.knows(type: type, on: request.terminal.descriptor) else {
            request.proxy.send([
                "event": "refused", "error": .string("\(TerminalError.unknownType(type))"),
            ])
            return screen == nil ? [.hidden] : []
        }
        giveBack(
            note:
                "The session is shown in another terminal now (process \(request.proxy.process)).")
        let new: CursesTerminal
        do {
            new = try CursesTerminal(
                descriptor: request.terminal.descriptor, environment: request.environment)
        } catch {
            request.proxy.send(["event": "refused", "error": .string("\(error)")])
            return [.hidden]
        }
        (screen, file, proxy, size) = (new, request.terminal, request.proxy, new.size)
        new.setMouse(usesMouse)
        if asksBackground { new.askBackground() }
        request.proxy.send(["event": "shown"])
        isShown(request)
        port.shows(request.proxy)
        return [.shown(new.colorDepth), .resize(size)]
    }

    /// Gives the screen back and goes on without one; the note is printed in the shell.
    func detach(note: String) {
        guard screen != nil else { return }
        giveBack(note: Sentence(verbatim: note))
        waiting.append(.hidden)
    }

    private func giveBack(note: Sentence) {
        screen?.close()
        proxy?.send(Self.message("left", exit: 0, note), patience: 100)
        forget()
    }

    /// There is no terminal any more.
    private func lose() -> [TerminalInput] {
        screen?.close()
        forget()
        return [.hidden]
    }

    private func forget() {
        (screen, file, proxy) = (nil, nil, nil)
        port.shows(nil)
    }

    /// The terminal proxy stops itself; the session goes on meanwhile, unseen.
    func stopProcess() {
        guard let screen, let proxy, screen.isVisible else { return }
        screen.suspend()
        proxy.send(["event": "stop"])
    }

    // MARK: - The end

    /// Gives the screen back; the terminal proxy stays until the session has ended.
    func close() { screen?.close() }

    /// Sends the terminal proxy a message while it waits for the end.
    func tell(_ note: Sentence) { proxy?.send(Self.message("note", note)) }

    /// Releases the terminal proxy, with the exit code of the program.
    func farewell(exit code: Int32, notes: [Sentence]) {
        let note = Sentence.joined(notes, separator: "\n") ?? ""
        proxy?.send(Self.message("left", exit: code, note), patience: 1000)
    }

    /// A message with a sentence for the shell, and the language in which the terminal proxy prints it.
    private static func message(
        _ event: String, exit code: Int32? = nil, _ note: Sentence
    ) -> JSONObject {
        var body: JSONObject = [
            "event": .string(event), "note": .string(note.description), "note_parts": note.json,
        ]
        body["exit"] = code.map { .integer(Int($0)) }
        return body
    }
}
