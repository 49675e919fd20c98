// The interface proper, in a process that no terminal can end: it draws on the terminals that terminal proxies bring,
// and goes on without one while a run or an export is under way. `workbench ui` starts it.

import ArgumentParser
import Foundation
import Kernel
import Panels

struct SessionCommand: ParsableCommand {
    /// Not for people: there is nothing to see without a terminal proxy.
    static let name = "interface-session"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "What the interface runs in.", shouldDisplay: false)

    /// Where the terminal proxy that started it is connected.
    private static let channel: Int32 = 3

    @OptionGroup var options: InterfaceOptions
    @Option(help: "The folder of a run of another process to show at once.")
    var attach: String?

    func run() throws {
        try reportAndExit(json: false) {
            let environment = ProcessInfo.processInfo.environment
            let settings = SettingsFile.read(path: try Paths(environment: environment).settingsFile)
            let paths = try Paths(environment: environment).adopting(settings.plan)
            try options.machine.apply(otherwise: settings.plan.threads)
            var findings = settings.issues
            let plan = try openingPlan(paths, &findings)
            let themes = try openingThemes(settings.plan, paths, &findings)
            let proxy = try connectedProxy()
            signal(SIGPIPE, SIG_IGN)
            Signals.watch()
            MappedFile.guardReads()

            let log = InterfaceLog(path: paths.logFile)
            let queue = EventQueue<AppMessage>()
            let port = SessionServer { queue.wakeUp() }
            let effects = EffectRunner(
                queue: queue, paths: paths, folders: options.folders,
                log: SessionLog(LineLogHandler(log)), port: port)
            // Batch systems send it before the time is up, to every process of a job.
            let saving = SignalSave { effects.saveOwnRun() }
            defer { withExtendedLifetime(saving) {} }
            let close = serve(paths, proxy, port, effects, queue)
            defer { close() }
            // From here on only pictures of ours reach the terminal.
            dup2(log.descriptor, STDOUT_FILENO)
            dup2(log.descriptor, STDERR_FILENO)

            var state = openingState(plan, themes, settings.plan, findings, environment)
            state.logs.path = log.path
            state.opensWithRun = attach
            let choice = settings.plan.language
            let terminal = SessionTerminal(port, asksBackground: state.themeIsAutomatic) {
                let language = Language($0.language ?? choice, environment: $0.environment)
                queue.post(.terminalSpeaks(language, isAsked: $0.language != nil))
            }
            terminal.setMouse(state.usesMouse)
            var program = Program(
                AppProgram(state, clock: WallClock.now), terminal: terminal, queue: queue)
            let (app, ending) = program.run { effect, _ in
                switch effect {
                case .useMouse(let isOn): terminal.setMouse(isOn)
                case .ring: terminal.ring()
                case .detach(let note): terminal.detach(note: note)
                case .copy(let text): queue.post(.copied(terminal.copy(text)))
                default: effects.perform(effect)
                }
            }
            if app.state.run.trainsHere { terminal.tell("Stopping the run and saving it.") }
            effects.finish()
            let code: Int32 =
                if case .closed(let closing) = ending { closing.exitCode } else { 0 }
            let note: Sentence? = log.pathIfWritten.map { "Messages of the session are in \($0)" }
            terminal.farewell(exit: code, notes: note.map { [$0] } ?? [])
            throw ExitCode(code)
        }
    }

    private func connectedProxy() throws(KernelError) -> LineConnection {
        let hint: Sentence = "Use: workbench ui"
        guard fcntl(Self.channel, F_SETFD, FD_CLOEXEC) == 0 else {
            throw KernelError(.usage, "a session is started by the interface", hint: hint)
        }
        do throws(KernelError) {
            return try UnixSocket.connection(OpenFile(Self.channel))
        } catch {
            throw KernelError(.usage, "a session is started by the interface", hint: hint)
        }
    }

    /// Listens to the terminal proxy that is there and to those that come; the returned closure ends that. A session
    /// that cannot be found by others works too, and its user is told.
    private func serve(
        _ paths: Paths, _ proxy: LineConnection, _ port: SessionServer, _ effects: EffectRunner,
        _ queue: EventQueue<AppMessage>
    ) -> () -> Void {
        let folder = SessionFolder(paths)
        let name = SessionFolder.name(process: getpid())
        var listener: OpenFile?
        do throws(KernelError) {
            try folder.prepare()
            listener = try UnixSocket.listen(in: folder.path, name: name)
            port.listens(at: "\(folder.path)/\(name)")
        } catch {
            queue.post(.failure(error))
        }
        port.expect(proxy)
        let server = LineServer(
            listener: listener, connected: [proxy],
            LineServer.Handlers(
                message: { message, connection in
                    if port.take(message, connection) { return }
                    connection.send(Self.answer(message, connection, effects.endpoint))
                }, gone: { port.gone($0) },
                troubled: { queue.post(.failure($0)) }))
        return {
            UnixSocket.remove(in: folder.path, name: name)
            server.close()
        }
    }

    private static func answer(
        _ message: LineConnection.Message, _ connection: LineConnection,
        _ endpoint: RunControlEndpoint?
    ) -> JSONObject {
        guard let command = message.command else {
            return ["ok": false, "error": "there is no \"command\""]
        }
        guard let endpoint else { return ["ok": false, "error": "no run is under way here"] }
        return endpoint.answer(command, value: message.body["value"], from: connection)
            ?? ControlSocket.unknown(command)
    }

    // MARK: - What it opens with

    /// The plan to begin with; what its file asks for without effect joins the findings.
    private func openingPlan(
        _ paths: Paths, _ findings: inout [PlanIssue]
    ) throws(KernelError) -> TrainingPlan {
        guard let plan = options.plan else { return StartingPlan.make(paths) }
        let reading = try PlanFile.open(path: plan)
        // What is wrong with the plan itself is shown in the form, where it can be corrected.
        let shown = reading.plan.issues()
        findings += reading.issues.filter { !shown.contains($0) }
        return reading.plan
    }

    /// A theme that was asked for must exist; one of the settings file may be missing.
    private func openingThemes(
        _ settings: InterfaceSettings, _ paths: Paths, _ findings: inout [PlanIssue]
    ) throws(KernelError) -> [Theme] {
        let (own, faults) = ThemeChoice.own(in: paths.themes)
        findings += faults.map { PlanIssue(field: "theme", message: $0.sentence) }
        if let theme = options.theme { return try ThemeChoice.themes(theme, own: own) }
        do throws(KernelError) {
            return try ThemeChoice.themes(settings.theme, own: own)
        } catch {
            findings.append(PlanIssue(field: "theme", message: error.sentence))
            return Theme.builtin + own
        }
    }

    /// What the first picture shows, by settings, options and the first terminal's environment.
    private func openingState(
        _ plan: TrainingPlan, _ themes: [Theme], _ settings: InterfaceSettings,
        _ findings: [PlanIssue], _ environment: [String: String]
    ) -> AppState {
        var state = AppState(plan: plan, themes: themes)
        // A folder that a file names is the user's choice.
        if options.plan == nil { state.chosenFolder = plan.output.folder }
        if ThemeChoice.isAutomatic(options.theme ?? settings.theme) {
            state.themeIsAutomatic = true
            let name = ThemeChoice.automaticName(environment: environment)
            state.themeIndex = themes.firstIndex { $0.name == name } ?? 0
        }
        state.keptSettings = [
            .theme: settings.theme.isEmpty ? ThemeChoice.automatic : settings.theme,
            .language: settings.language.rawValue, .mouse: settings.mouse.rawValue,
        ]
        state.rings = settings.bell
        state.usesMouse = settings.mouse.isOn(environment: environment)
        state.language = Language(
            options.language ?? settings.language, environment: environment)
        state.terminalLanguage = Language(settings.language, environment: environment)
        state.language.speaking { state.tell(findings) }
        return state
    }
}
