// Routes events to the tabs and to what lies over them. It decides nothing that a tab can decide,
// and does no I/O: work is returned as effects.

import Kernel
import Panels

/// The one place where the state of the interface changes.
enum AppUpdate {
    /// Takes one event and returns the effects to perform.
    static func update(_ state: inout AppState, _ event: Event<AppMessage>) -> [Effect] {
        // Only the plan is kept: a copy of all would make every later change copy its arrays.
        let (before, notice) = (state.plan, state.notice)
        var effects: [Effect] = []
        switch event {
        case .key(let key): effects = pressed(key, &state)
        case .resize(let size): effects = resized(size, &state)
        case .shown(let depth):
            state.hasScreen = true
            state.adaptThemes(to: depth)
            effects = []
        case .hidden:
            state.hasScreen = false
            effects = []
        case .tick: tick(&state)
        case .message(let message): effects = take(message, &state)
        case .closing:
            // The run's state is saved while the program winds up.
            effects = state.run.trainsHere ? [.train(.controlRun(.stop)), .quit] : [.quit]
            state.isFinished = true
        }
        effects += advanceQueue(&state)
        effects += settle(since: before, &state)
        effects = lookAround(&state) + effects
        return noted(event, notice, &state) + effects + endUnseen(&state)
    }

    // MARK: - Keys

    static func pressed(_ key: Key, _ state: inout AppState) -> [Effect] {
        if key != .control("c") { state.quitTicks = 0 }
        switch key {
        case .focus: return []
        case .background: return adoptBackground(key, &state)
        case .mouse(let mouse):
            switch mouse.kind {
            case .press: return clicked(at: mouse.at, &state)
            case .release, .drag, .move: return []
            case .wheelUp, .wheelDown: break
            }
        default: break
        }
        if state.question != nil { return answer(key, &state) }
        if state.palette != nil { return typedInPalette(key, &state) }
        if state.chooser != nil { return choseTheme(key, &state) }
        if state.help != nil { return readHelp(key, &state) }
        switch GlobalKeys.match(key, state) {
        case .action(let action): return act(action, &state)
        case .disabled(let reason):
            say(reason, .warning, &state)
            return []
        case nil: return route(key, &state)
        }
    }

    /// Hands a key without a row to the open tab.
    private static func route(_ pressed: Key, _ state: inout AppState) -> [Effect] {
        let key = located(pressed, state)
        return switch state.tab {
        case .model: act(.model(.key(key)), &state)
        case .dataset: act(.dataset(.key(key)), &state)
        case .params: act(.params(.key(key)), &state)
        case .train: act(.train(.key(key)), &state)
        case .chat: act(.chat(.key(key)), &state)
        case .export: act(.export(.key(key)), &state)
        case .runs: act(.runs(.key(key)), &state)
        case .evaluate: act(.evaluate(.key(key)), &state)
        case .logs: act(.logs(.key(key)), &state)
        }
    }

    /// Does what an action means.
    static func act(_ action: AppAction, _ state: inout AppState) -> [Effect] {
        switch action {
        case .tabPressed(let tab): return open(tab, &state)
        case .tabMoved(let step):
            let tabs = AppState.Tab.allCases
            return open(tabs[(state.tab.rawValue + step + tabs.count) % tabs.count], &state)
        case .startPressed: return start(&state)
        case .queuePressed: return enqueue(&state)
        case .helpPressed: state.help = HelpOverlay.State()
        case .palettePressed: state.palette = CommandPalette()
        case .themePressed: state.chooser = ThemeChooser(state)
        case .mousePressed:
            state.usesMouse.toggle()
            say(state.usesMouse ? tr("mouse on") : tr("mouse off"), .badge, &state)
            return [.useMouse(state.usesMouse)]
        case .languagePressed:
            state.language = state.language.next
            state.language.speaking {
                say(tr("language: {1}", state.language.name), .badge, &state)
                // Lines of conversations are kept as they were written.
                ChatTab.show(&state.chat)
            }
        case .keepPressed(let setting):
            return [.keepSetting(key: setting.rawValue, value: setting.value(state))]
        case .quitPressed: return quit(&state)
        case .detachPressed: return detach(&state)
        case .interruptPressed: return interrupt(&state)
        case .model(let action):
            return ModelTab.update(&state.model, action, plan: &state.plan)
        case .dataset(let action):
            return DatasetTab.update(&state.dataset, action, plan: &state.plan)
        case .params(let action):
            return ParamsTab.update(&state.params, action, plan: &state.plan)
        case .train(let action): return TrainTab.update(&state.train, action)
        case .chat(let action): return ChatTab.update(&state.chat, action)
        case .export(let action): return ExportTab.update(&state.export, action)
        case .runs(let action):
            let effects = RunsTab.update(&state.runs, action)
            overlay(&state)
            return effects
        case .evaluate(let action): return EvaluateTab.update(&state.evaluate, action)
        case .logs(let action): return LogsTab.update(&state.logs, action)
        case .runResumed: return resumeRun(&state)
        case .runCloned: return cloneRun(&state)
        case .runAttached: return attachSelected(&state)
        }
        return []
    }

    /// Shows a tab; what it shows is brought up to date.
    static func open(_ tab: AppState.Tab, _ state: inout AppState) -> [Effect] {
        state.tab = tab
        return refresh(&state)
    }

    private static func refresh(_ state: inout AppState) -> [Effect] {
        switch state.tab {
        case .model: act(.model(.opened), &state)
        case .dataset: act(.dataset(.opened), &state)
        case .params:
            // How many steps a plan has depends on its data.
            act(.params(.planChanged), &state) + act(.dataset(.opened), &state)
        case .train: []
        case .chat, .evaluate: suggest(&state)
        case .export: suggest(&state) + act(.export(.opened), &state)
        case .runs: act(.runs(.opened), &state)
        case .logs: []
        }
    }

    /// Passes the current model, adapter and run to the tabs that use models.
    static func suggest(_ state: inout AppState) -> [Effect] {
        let (model, adapter) = (state.modelPath, state.adapterPath)
        let template = state.plan.encoding.template
        var effects: [Effect] = []
        var knowsTools: Bool?
        if !model.isEmpty, model != state.plan.model.path, state.model.inspections[model] == nil {
            // A model that a run has left was never chosen in the list.
            state.model.inspections[model] = .waiting
            effects = [.model(.inspectModel(path: model))]
        }
        if case .done(let summary)? = state.model.inspections[model] {
            knowsTools = summary.knowsTools
        }
        return effects
            + act(
                .chat(
                    .suggest(
                        ChatTab.Surroundings(
                            modelPath: model, template: template, knowsTools: knowsTools,
                            adapterPath: adapter, hasRun: state.hasWeights,
                            dataFolder: state.plan.data.folder))), &state)
            + act(
                .export(.suggest(modelPath: model, adapterPath: adapter, template: template)),
                &state)
            + act(
                .evaluate(
                    .suggest(
                        .init(
                            modelPath: model, adapterPath: adapter, plan: state.plan,
                            isTraining: state.run.trainsHere))), &state)
    }

    // MARK: - Messages

    private static func take(_ message: AppMessage, _ state: inout AppState) -> [Effect] {
        if message.changesPlaces { state.places = nil }
        switch message {
        case .model(let reply): return take(reply, &state)
        case .dataset(let reply): return take(reply, &state)
        case .params(let reply): return take(reply, &state)
        case .train(let reply): return take(reply, &state)
        case .chat(let reply): return take(reply, &state)
        case .export(let reply): return take(reply, &state)
        case .runs(let reply): return take(reply, &state)
        case .evaluate(let reply): return take(reply, &state)
        case .startSeen(let question, let facts): return seen(question, facts, &state)
        case .pathCompleted(let answer):
            switch answer.question.asker {
            case .params: return act(.params(.completed(answer)), &state)
            case .model: return act(.model(.completed(answer)), &state)
            case .dataset: return act(.dataset(.completed(answer)), &state)
            }
        case .copied(true): say(tr("handed to the terminal's clipboard"), .success, &state)
        case .copied(false):
            say(tr("this terminal takes no text, or not so much"), .warning, &state)
        case .settingKept(let key, let value, let path):
            if let setting = KeptSetting(rawValue: key) {
                state.keptSettings[setting] = value
            }
            say(tr("kept {1} in {2}", "\(key): \(value)", path), .success, &state)
        case .terminalSpeaks(let language, let isAsked): adopt(language, isAsked, &state)
        case .fileWritten(let path, nil): say(tr("wrote {1}", path), .success, &state)
        case .fileWritten(_, let error?): say(tr(error.sentence), .error, &state)
        case .notice(let text): say(text, .badge, &state)
        case .failure(let error): say(tr(error.sentence), .error, &state)
        }
        return []
    }

    /// Passes an event of the run that Train shows to the rest of the interface.
    static func told(_ event: TrainingEvent, _ state: inout AppState) -> [Effect] {
        var effects: [Effect] = []
        switch event {
        case .prepared: effects += suggest(&state)
        case .stepFinished(let record) where state.train.curves.jumps.last == record.step:
            say(
                tr("{1}: the loss jumps at step {2}", state.run.name, record.step), .warning,
                &state)
        case .finished(let result):
            let outcome =
                result.ending == .evaluated ? tr("evaluated") : tr("{1} steps done", result.steps)
            say("\(state.run.name): \(outcome)", .success, &state)
            effects += suggest(&state) + (state.rings ? [.ring] : [])
        case .failed(let error):
            say(tr(error.what), .error, &state)
            effects += suggest(&state) + (state.rings ? [.ring] : [])
        default: break
        }
        return effects
    }

    /// Without a screen the program stays as long as it has work to finish.
    private static func endUnseen(_ state: inout AppState) -> [Effect] {
        guard !state.hasScreen, !state.isBusy, !state.isFinished else { return [] }
        state.isFinished = true
        return [.quit]
    }

    // MARK: - Time and size

    private static func resized(_ size: Size, _ state: inout AppState) -> [Effect] {
        state.size = size
        let area = AppView.Places(size).content
        let model = ModelTab.Places(in: area)
        let data = DatasetTab.Places(in: area)
        let train = TrainTab.Places(in: area)
        var effects = act(
            .model(.resized(rows: model.listRows, detail: model.detailText.size)), &state)
        effects += act(
            .dataset(.fitted(listRows: data.listRows, record: data.recordSize)), &state)
        effects += act(.params(.fitted(area.size)), &state)
        effects += act(.train(.fitted(logRows: train.logRows)), &state)
        effects += act(
            .train(.samples(.fitted(SamplePane.textArea(in: area).size))), &state)
        effects += act(.runs(.fitted(listRows: RunsTab.Places(in: area).listRows)), &state)
        effects += act(.chat(.fitted(area.size)), &state)
        effects += act(.logs(.fitted(area.size)), &state)
        effects += act(.evaluate(.fitted(area.size)), &state)
        guard !state.hasStarted else { return effects }
        state.hasStarted = true
        state.model.isSearching = true
        effects.append(.model(.findModels))
        if !state.plan.model.path.isEmpty {
            effects.append(.model(.inspectModel(path: state.plan.model.path)))
            state.model.inspections[state.plan.model.path] = .waiting
        }
        effects += act(.params(.planChanged), &state)
        if let folder = state.opensWithRun { effects += attach(to: folder, &state) }
        return effects + (state.tab == .params ? [] : refresh(&state))
    }

    /// Writes what happened into the log: the line of the message, or what the interface told the user.
    private static func noted(
        _ event: Event<AppMessage>, _ before: AppState.Notice?, _ state: inout AppState
    ) -> [Effect] {
        switch event {
        case .message(let message):
            // The runner writes the lines of messages into the file: it also sees those that arrive too late here.
            if let line = LogLine(message) { LogsTab.add(line, at: state.now, to: &state.logs) }
            return []
        case .key:
            guard let notice = state.notice, notice != before else { return [] }
            let level: LogLine.Level =
                notice.role == .error ? .error : notice.role == .warning ? .warning : .info
            let line = LogLine(level, .interface, Sentence(verbatim: notice.text))
            LogsTab.add(line, at: state.now, to: &state.logs)
            return [.keepLine(line)]
        case .resize, .shown, .hidden, .tick, .closing: return []
        }
    }

    private static func tick(_ state: inout AppState) {
        if state.quitTicks > 0 { state.quitTicks -= 1 }
        guard var notice = state.notice else { return }
        notice.ticksLeft -= 1
        state.notice = notice.ticksLeft > 0 ? notice : nil
    }

    /// Updates what depends on plan and model after any event.
    private static func settle(since before: TrainingPlan, _ state: inout AppState) -> [Effect] {
        let path = state.plan.model.path
        if case .done(let summary)? = state.model.inspections[path] {
            state.params.layers = summary.trainableLayers
        } else {
            state.params.layers = []
        }
        guard state.plan != before else { return [] }
        if path != before.model.path {
            let name = state.model.models.first { $0.path == path }?.name ?? path
            say(tr("model: {1}", name), .success, &state)
        }
        var effects = act(.params(.planChanged), &state)
        if state.tab == .dataset || state.tab == .params {
            effects += act(.dataset(.opened), &state)
        }
        return effects + suggest(&state)
    }

    /// Shows a line for a few seconds.
    static func say(_ text: String, _ role: Role, _ state: inout AppState) {
        state.notice = AppState.Notice(text: text, role: role)
    }
}
