// Messages that come back to the interface: the replies to each tab, which are declared beside it as values, and
// those to the whole interface. Replies that can be overtaken carry their question, so that stale ones are recognised.

import Kernel

/// A message from a background queue to the interface.
enum AppMessage: Equatable, Sendable {
    case model(ModelTab.Reply)
    case dataset(DatasetTab.Reply)
    case params(ParamsTab.Reply)
    case train(TrainTab.Reply)
    case chat(ChatTab.Reply)
    case export(ExportTab.Reply)
    case runs(RunsTab.Reply)
    case evaluate(EvaluateTab.Reply)
    /// Answers `lookAtStart`.
    case startSeen(StartQuestion, StartFacts)
    /// Answers `completePath`.
    case pathCompleted(PathAnswer)
    /// Answers `copy`: whether the text was sent to the terminal.
    case copied(Bool)
    /// Answers `keepSetting`.
    case settingKept(key: String, value: String, path: String)
    /// A terminal was attached whose user reads this language, by its locale or by request.
    case terminalSpeaks(Language, isAsked: Bool)
    /// Answers `writeText` and `writeCurves` of Train.
    case fileWritten(path: String, KernelError?)
    /// Something worth a line for a few seconds.
    case notice(String)
    /// Something failed that belongs to no tab.
    case failure(KernelError)
}

extension AppMessage {
    /// Whether files that the plan names may have come or gone.
    var changesPlaces: Bool {
        switch self {
        case .model(let reply): reply.changesPlaces
        case .dataset(let reply): reply.changesPlaces
        case .train(let reply): reply.changesPlaces
        case .runs(let reply): reply.changesPlaces
        case .export(let reply): reply.changesPlaces
        case .params, .chat, .evaluate, .startSeen, .pathCompleted, .copied, .settingKept,
            .terminalSpeaks, .fileWritten, .notice, .failure:
            false
        }
    }
}
