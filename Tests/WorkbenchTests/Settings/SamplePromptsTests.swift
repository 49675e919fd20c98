// Prompts of sample_prompts in all the forms in which they come; commas stay inside of them.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct SamplePromptsTests {
    private func prompts(_ yaml: String) throws -> [String] {
        let document = try SettingDocument(text: yaml, name: "plan.yaml")
        var plan = TrainingPlan()
        #expect(TrainingKeys.table.read(document.entries, into: &plan) == [])
        return plan.samples.prompts
    }

    @Test func listsAndLinesAreRead() throws {
        let list = "sample_prompts:\n  - Hello, who are you?\n  - 你好，你是谁？\n"
        #expect(try prompts(list) == ["Hello, who are you?", "你好，你是谁？"])
        #expect(try prompts("sample_prompts: [\"a, b\", c]") == ["a, b", "c"])
        // One text is one prompt, a block has one a line.
        #expect(try prompts("sample_prompts: Hello, who are you?") == ["Hello, who are you?"])
        #expect(try prompts("sample_prompts: |\n  one\n\n   two  \n") == ["one", "two"])
        #expect(try prompts("sample_prompts:\n") == [])
    }

    @Test func whatCannotBeAskedIsFound() {
        var plan = Fixture.readyPlan
        plan.samples.prompts = ["a", "", "a"]
        plan.samples.newTokensMax = 0
        let found = plan.issues()
        #expect(
            found.map(\.field) == ["sample_prompts", "sample_prompts", "sample_max_new_tokens"])
        #expect(found.allSatisfy { $0.severity == .error })
        plan.samples.prompts = (0..<65).map(String.init)
        plan.samples.newTokensMax = 64
        #expect(plan.issues().map(\.message) == ["at most 64 prompts, found 65."])
    }
}
