// What can lie over the parameter form: presets, a name for one, a path to save to or to load from, what
// what a loaded file asks for without effect, and the command that does the same. Each takes its own keys.

import Kernel
import Panels

/// What lies over the form.
enum ParamsOverlay: Equatable, Sendable {
    case presets(PresetList)
    /// The name of a new preset.
    case naming(TextField.State, problem: String?)
    case saving(PathPrompt)
    case loading(PathPrompt, problem: String?)
    /// A plan that was read and does not hold everything its file asks for.
    case findings(LoadedPlan)
    /// The command and the file of the plan, to read and to copy.
    case command(TextViewState)
    /// The values of the selected field, one a line.
    case lines(TextArea.State)

    /// The list of presets: the program's, then the user's.
    struct PresetList: Equatable, Sendable {
        var list = ListState()
        /// The preset that a second press deletes.
        var doomed: String?
    }

    /// A plan with what its file asks for without effect.
    struct LoadedPlan: Equatable, Sendable {
        var path: String
        var plan: TrainingPlan
        var findings: [PlanIssue]
        var view: TextViewState
    }

    /// The rows of text inside, on a tab of some size.
    static func textSize(_ size: Size) -> Size {
        Size(max(1, min(96, size.width - 2) - 4), max(1, size.height - 5))
    }

    /// Endings of files that hold plans.
    static let endings = [".yaml", ".yml", ".json"]

    /// Does what a key without a row of its own means.
    mutating func handle(_ key: Key, _ own: PresetListing) {
        switch self {
        case .presets(var list):
            if list.list.handle(key, count: Preset.all.count + own.presets.count) {
                list.doomed = nil
                self = .presets(list)
            }
        case .naming(var field, _):
            if field.handle(key) { self = .naming(field, problem: nil) }
        case .saving(var prompt): if prompt.handle(key) { self = .saving(prompt) }
        case .loading(var prompt, _):
            if prompt.handle(key) { self = .loading(prompt, problem: nil) }
        case .findings(var loaded):
            if loaded.view.handle(key) { self = .findings(loaded) }
        case .command(var view): if view.handle(key) { self = .command(view) }
        case .lines(var area):
            // Each line is a value: Enter begins the next.
            if area.handle(key == .enter ? .control("j") : key) { self = .lines(area) }
        }
    }

    /// Sets the size of the tab.
    mutating func fit(to size: Size) {
        switch self {
        case .command(var view):
            view.fit(to: Self.textSize(size))
            self = .command(view)
        case .findings(var loaded):
            loaded.view.fit(to: Self.textSize(size))
            self = .findings(loaded)
        case .presets, .naming, .saving, .loading, .lines: break
        }
    }
}
