// report_to: reports that are here, words of other monitors, and what is none.

import Kernel
import Testing

@testable import Workbench

@Suite struct ReportNamesTests {
    private func read(_ text: String) throws -> (reports: [String], issues: [PlanIssue]) {
        let document = try SettingDocument(text: text, name: text)
        var plan = TrainingPlan()
        plan.logging.reports = ["before"]
        let issues = TrainingKeys.table.read(document.entries, into: &plan)
        return (plan.logging.reports, issues)
    }

    @Test(arguments: [
        ("none", []), ("null", []), ("[]", []), ("tensorboard", ["tensorboard"]),
        ("TensorBoard", ["tensorboard"]), ("all", Reporter.all.map(\.name)),
        ("[tensorboard, none]", ["tensorboard"]), ("tensorboard,all", Reporter.all.map(\.name)),
    ])
    func wordsBecomeReports(text: String, reports: [String]) throws {
        let (found, issues) = try read("report_to: \(text)")
        #expect(found == reports && issues.isEmpty, "\(issues)")
    }

    /// No result depends on them: they are told by name, and the rest counts.
    @Test func monitorsThatAreNotHereAreToldByName() throws {
        for name in ["wandb", "mlflow", "swanlab", "trackio", "neptune", "comet_ml"] {
            let (found, issues) = try read("report_to: [\(name), tensorboard]")
            #expect(found == ["tensorboard"] && issues.map(\.severity) == [.note])
            #expect(issues[0].message.description.contains("not to \(name); tensorboard works."))
            Language.chinese.speaking {
                #expect(tr(issues[0].message).contains("不发送到 \(name)"))
            }
        }
    }

    @Test func whatNobodyKnowsIsRefused() throws {
        for text in ["tensorbord", "{a: 1}", "[tensorboard, x]"] {
            let (_, issues) = try read("report_to: \(text)")
            #expect(issues.map(\.severity) == [.error], "\(text)")
        }
    }

    /// Every report can be chosen by its name alone.
    @Test func rowsHaveNamesOfTheirOwn() {
        let names = Reporter.all.map(\.name)
        #expect(Set(names).count == names.count && names.contains("tensorboard"))
        for name in names { #expect(Reporter.named(name)?.name == name) }
        #expect(Reporter.named("none") == nil && Reporter.named("all") == nil)
    }
}
