// The terminal interface: what `workbench` without a subcommand opens.

import ArgumentParser
import Foundation
import Kernel
import Panels

extension Language.Choice: ExpressibleByArgument {}

struct InterfaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the terminal interface (the same as no subcommand).")

    @Option(help: "A plan to open with: a LLaMA-Factory YAML.")
    var plan: String?
    @Option(name: .customLong("models"), help: "A further folder to look for models in.")
    var folders: [String] = []
    @Option(help: "The colours: auto, the name of a theme, or a theme file.")
    var theme: String?
    @Option(help: "The language of the interface: auto, en or zh.")
    var language: Language.Choice?
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: false) {
            let environment = ProcessInfo.processInfo.environment
            let settings = SettingsFile.read(path: Paths(environment: environment).settingsFile)
            let paths = Paths(environment: environment).adopting(settings.plan)
            machine.apply(otherwise: settings.plan.threads)
            var findings = settings.issues
            let plan = try openingPlan(paths, &findings)
            let themes = try openingThemes(settings.plan, paths, &findings)
            // The run is saved after the terminal has gone; a second hang-up must not end that.
            signal(SIGHUP, SIG_IGN)
            MappedFile.guardReads()
            let terminal = try openTerminal(environment)
            MappedFile.guardReads()
            let log = InterfaceLog(path: paths.logFile)
            terminal.divertOutput(to: log.descriptor, note: log.crashNote)
            let queue = EventQueue<AppMail>()
            let effects = EffectRunner(
                queue: queue, paths: paths, folders: folders,
                log: SessionLog(LineLogHandler(log)))
            var state = AppState(
                plan: plan, themes: themes.map { $0.adapted(to: terminal.colorDepth) })
            let choice = theme ?? settings.plan.theme
            if ThemeChoice.isAutomatic(choice) {
                state.themeIsAutomatic = true
                let name = ThemeChoice.automaticName(environment: environment)
                state.themeIndex = themes.firstIndex { $0.name == name } ?? 0
                terminal.askBackground()
            }
            state.keptSettings = [
                .theme: settings.plan.theme.isEmpty ? ThemeChoice.automatic : settings.plan.theme,
                .language: settings.plan.language.rawValue, .mouse: settings.plan.mouse.rawValue,
            ]
            state.rings = settings.plan.bell
            state.usesMouse = settings.plan.mouse.isOn(environment: environment)
            terminal.setMouse(state.usesMouse)
            state.language = Language(
                language ?? settings.plan.language, environment: environment,
                isUTF8: terminal.isUTF8)
            state.language.speaking { state.tell(findings) }
            var program = Program(AppProgram(state), terminal: terminal, queue: queue)
            let (app, ending) = program.run { effect, terminal in
                switch effect {
                case .useMouse(let isOn): terminal.setMouse(isOn)
                case .ring: terminal.ring()
                default: effects.perform(effect)
                }
            }
            if let path = log.pathIfWritten {
                Output.note("Messages of the session are in \(path)")
            }
            if app.state.abandonsRun {
                Output.note("The run was not saved; its last checkpoint is whole.")
                // Not `exit`: the run's thread still works with what that would take away.
                _exit(0)
            }
            if app.state.run.isActive {
                Output.note("Stopping the run and saving it; Ctrl-C ends at once.")
            }
            effects.finish()
            if case .closed(let closing) = ending { throw ExitCode(closing.exitCode) }
        }
    }

    /// The plan to begin with; what its file asks for in vain joins the findings.
    private func openingPlan(
        _ paths: Paths, _ findings: inout [PlanIssue]
    ) throws(KernelError) -> TrainingPlan {
        guard let plan else { return StartingPlan.make(paths) }
        let reading = try PlanFile.read(path: plan)
        // What is wrong with the plan itself stands in the form, where it can be mended.
        let shown = reading.plan.issues()
        findings += reading.issues.filter { !shown.contains($0) }
        return reading.plan
    }

    /// A theme that was asked for must be there; one of the settings file may be missing.
    private func openingThemes(
        _ settings: InterfaceSettings, _ paths: Paths, _ findings: inout [PlanIssue]
    ) throws(KernelError) -> [Theme] {
        let (own, faults) = ThemeChoice.own(in: paths.themes)
        findings += faults.map { PlanIssue(field: "theme", message: $0.description) }
        if let theme { return try ThemeChoice.themes(theme, own: own) }
        do throws(KernelError) {
            return try ThemeChoice.themes(settings.theme, own: own)
        } catch {
            findings.append(PlanIssue(field: "theme", message: error.description))
            return Theme.builtin + own
        }
    }

    private func openTerminal(_ environment: [String: String]) throws -> CursesTerminal {
        do {
            return try CursesTerminal()
        } catch {
            throw KernelError(
                .usage, "the interface needs a terminal", because: "\(error)",
                hint:
                    "Use the commands without a screen: workbench train, chat, export; see workbench --help."
            )
        }
    }
}
