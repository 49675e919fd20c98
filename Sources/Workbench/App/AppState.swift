// Everything the interface knows, as one value: the tabs' states, the one shared plan, the run, and
// what lies over the tabs. It is changed by AppUpdate alone and drawn by AppView.

import Kernel
import Panels

/// The state of the whole interface.
struct AppState: Equatable, Sendable {
    /// The tabs from left to right.
    enum Tab: Int, CaseIterable, Sendable {
        case model, dataset, params, train, chat, export, runs, evaluate, logs

        /// The name in the tab bar.
        var title: String {
            switch self {
            case .model: tr("Model")
            case .dataset: tr("Dataset")
            case .params: tr("Params")
            case .train: tr("Train")
            case .chat: tr("Chat")
            case .export: tr("Export")
            case .runs: tr("Runs")
            case .evaluate: tr("Evaluate")
            case .logs: tr("Logs")
            }
        }

        /// The digit that opens it.
        var digit: Character { Character(String(rawValue + 1)) }
    }

    /// A line for a few seconds.
    struct Notice: Equatable, Sendable {
        var text: String
        var role: Role
        /// Ticks until it goes.
        var ticksLeft = 4
    }

    /// A question with the action of each of its buttons.
    struct Question: Equatable, Sendable {
        /// What an answer does.
        enum Answer: Equatable, Sendable {
            case nothing
            /// Starts the run of a plan despite warnings.
            case startRun(TrainingPlan)
            /// Adds a plan to the queue despite warnings.
            case queueRun(TrainingPlan)
            /// Gives the plan this folder and starts or queues it.
            case take(folder: String, StartQuestion.Purpose)
            /// Starts or queues it in a folder that is not empty.
            case insist(StartQuestion.Consent, StartQuestion.Purpose)
            /// Forgets the runs that wait, then quits.
            case forgetQueue
            /// Goes to the field or the tab where a key is set.
            case fix(key: String)
            case quitNow
            /// Leaves the run or the export going, without a screen.
            case detach
            case stopThenQuit
        }

        var dialog: Dialog
        let answers: [Answer]
    }

    var tab: Tab = .model
    /// What the next run does: the one plan that all tabs read and change.
    var plan: TrainingPlan
    /// The folder that the program itself gave the plan: when it holds a run, the next one is taken without asking.
    var chosenFolder: String?
    /// The start that is being checked.
    var looking: StartQuestion?
    /// What the last check found, and which question it answered.
    var places: TrainingPlan?
    var facts: StartFacts?
    var model = ModelTab.State()
    var dataset = DatasetTab.State()
    var params = ParamsTab.State()
    var train = TrainTab.State()
    var chat = ChatTab.State()
    var export = ExportTab.State()
    var runs = RunsTab.State()
    var evaluate = EvaluateTab.State()
    var logs = LogsTab.State()
    /// The moment of the event that is being taken.
    var now = WallTime()
    /// The screen size, set by the first event.
    var size = Size(80, 24)
    /// The themes to choose from, as the terminal can show them.
    var themes: [Theme]
    /// The same with all their colours, for the next terminal.
    private let fullThemes: [Theme]
    var themeIndex = 0
    /// The language of all texts.
    var language: Language = .english
    var notice: Notice?
    var question: Question?
    /// The keys that lie over the tab; nil while they are closed.
    var help: HelpOverlay.State?
    /// The commands that lie over the tab; nil while they are closed.
    var palette: CommandPalette?
    /// The themes that lie over the tab; nil while they are closed.
    var chooser: ThemeChooser?
    /// What was done through the palette, newest first.
    var recentActions: [AppAction] = []
    /// Whether the theme follows the terminal's background.
    var themeIsAutomatic = false
    /// Whether clicks come here instead of to the terminal.
    var usesMouse = false
    /// What the settings file holds, as far as it can be kept from here.
    var keptSettings: [KeptSetting: String] = [:]
    /// Whether the end of a run rings the bell.
    var rings = false
    /// Ticks during which Control-C quits.
    var quitTicks = 0
    /// Whether the program ends when the run that is stopping has ended.
    var quitsAfterRun = false
    var hasStarted = false
    /// The folder of the run of another process that the interface opens with.
    var opensWithRun: String?
    /// Runs of other processes that were shown so far: the number of the newest.
    var attachments = 0
    /// The language that the last terminal's locale asked for.
    var terminalLanguage: Language?
    /// Whether there is a screen that shows the interface.
    var hasScreen = true
    var isFinished = false

    /// A state with a plan to begin with; `themes` must not be empty.
    init(plan: TrainingPlan = TrainingPlan(), themes: [Theme] = Theme.builtin) {
        precondition(!themes.isEmpty, "the interface needs a theme")
        self.plan = plan
        self.themes = themes
        fullThemes = themes
    }

    /// Takes the themes as a terminal of so many colours shows them.
    mutating func adaptThemes(to depth: ColorDepth) {
        themes = fullThemes.map { $0.adapted(to: depth) }
    }

    /// Whether something would be lost with the process: then it goes on without a screen.
    var isBusy: Bool {
        run.trainsHere || !train.queue.isEmpty || export.phase.isActive
            || EvaluateTab.isActive(evaluate)
    }

    /// The theme in use.
    var theme: Theme { themes[themeIndex] }

    /// The latest run in a few words.
    var run: RunStatus { RunStatus(train) }

    /// The adapter that was trained last, or that the plan starts from.
    var adapterPath: String? {
        if case .finished(let result) = train.phase, result.ending != .evaluated,
            train.plan?.tuning.method.trainsAdapter == true
        {
            return result.folder
        }
        return plan.model.adapters.last
    }

    /// The model for chat and export: the plan's, or the result of a full or freeze run on it.
    var modelPath: String {
        if case .finished(let result) = train.phase, result.ending != .evaluated,
            let trained = train.plan, !trained.tuning.method.trainsAdapter,
            trained.model.path == plan.model.path
        {
            return result.folder
        }
        return plan.model.path
    }

    /// Whether the run that trains in this process has weights to answer with.
    var hasWeights: Bool { run.trainsHere && train.summary != nil }

    /// The folder of the run that trains in this process; nil without one.
    var ownFolder: String? { run.trainsHere ? TrainTab.folder(of: train) : nil }

    /// Every issue of the plan and of what is being typed into it.
    var issues: [PlanIssue] { ParamsTab.issues(params, plan) }

    /// Whether typed letters are text.
    var isTyping: Bool {
        switch tab {
        case .model: ModelTab.isTyping(model)
        case .dataset: DatasetTab.isTyping(dataset)
        case .params: ParamsTab.isTyping(params)
        case .train: false
        case .chat: ChatTab.isTyping(chat)
        case .export: ExportTab.isTyping(export)
        case .evaluate: EvaluateTab.isTyping(evaluate)
        case .runs, .logs: false
        }
    }

    /// Whether every key belongs to the open tab: it asks something itself.
    var isModal: Bool {
        switch tab {
        case .train: TrainTab.isModal(train)
        case .chat: ChatTab.isModal(chat)
        case .runs: RunsTab.isModal(runs)
        case .evaluate: EvaluateTab.isModal(evaluate)
        case .logs: LogsTab.isModal(logs)
        case .model, .dataset, .params, .export: false
        }
    }
}
