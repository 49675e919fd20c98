// The words of report_to: reports that are supported, those of transformers that are not, and none. A report changes
// no result, so an unsupported one is reported and left out.

import Kernel

/// Reads `report_to`.
enum ReportNames {
    /// Words of transformers for what this program does not report to.
    private static let elsewhere: Set = [
        "azure_ml", "clearml", "codecarbon", "comet_ml", "dagshub", "dvclive", "flyte", "kubeflow",
        "mlflow", "neptune", "swanlab", "trackio", "wandb",
    ]

    /// The supported words, as a user reads them.
    static var known: [String] { Reporter.all.map(\.name) + ["all", "none"] }

    /// Takes the words; `all` is every supported report.
    static func read(
        _ node: SettingNode, into plan: inout TrainingPlan
    ) throws(SettingMismatch) -> [PlanIssue] {
        var (names, issues): ([String], [PlanIssue]) = ([], [])
        for word in try [String](setting: node) {
            let new: [String]
            switch word.lowercased() {
            case "none", "null", "false", "": new = []
            case "all": new = Reporter.all.map(\.name)
            case let name where Reporter.named(name) != nil: new = [name]
            case let name where elsewhere.contains(name):
                new = []
                issues.append(
                    .note(
                        "report_to",
                        "no effect: metrics go to trainer_log.jsonl, not to \(name); \(list) works."
                    ))
            default:
                throw SettingMismatch(
                    expected: "one of \(known.joined(separator: ", "))", found: node)
            }
            for name in new where !names.contains(name) { names.append(name) }
        }
        plan.logging.reports = names
        return issues
    }

    private static var list: String { Reporter.all.map(\.name).joined(separator: ", ") }
}
