// Exit codes and how errors are told: the table of sysexits, people's lines, scripts' JSON.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Error reports")
struct ErrorReportTests {
    @Test(
        "each kind of error has its sysexits number",
        arguments: [
            (KernelError.Kind.usage, 64), (.badData, 65), (.missingInput, 66), (.unavailable, 69),
            (.internalFault, 70), (.cannotCreate, 73), (.inputOutput, 74), (.temporary, 75),
            (.permission, 77), (.configuration, 78),
        ] as [(KernelError.Kind, Int32)])
    func exitCodes(kind: KernelError.Kind, code: Int32) {
        #expect(ExitStatus(kind).rawValue == code)
    }

    @Test("no two kinds share a number, and none is success")
    func exitCodesAreDistinct() {
        let codes = KernelError.Kind.allCases.map { ExitStatus($0).rawValue }
        #expect(Set(codes).count == KernelError.Kind.allCases.count)
        #expect(!codes.contains(0))
        #expect(ExitStatus.signal(2) == 130)
    }

    private static let error = KernelError(
        .badData, "cannot read \u{1B}[31mit", at: "a.gguf:12", because: "expected 3\nfound 4\u{7}",
        hint: "Fetch it again.")

    @Test("people read what, where, why and what to do, without control codes")
    func text() {
        #expect(
            ErrorReport.text(Self.error) == """
                workbench: cannot read \\u{1B}[31mit
                  where: a.gguf:12
                  why:   expected 3
                found 4\\u{7}
                  try:   Fetch it again.

                """)
        #expect(ErrorReport.text(KernelError(.usage, "no")) == "workbench: no\n")
    }

    @Test("scripts read one JSON object on one line")
    func json() throws {
        let line = ErrorReport.json(Self.error)
        #expect(line.filter(\.isNewline).count == 1 && line.hasSuffix("\n"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["exitCode"] as? Int == 65)
        let error = try #require(object["error"] as? [String: String])
        #expect(error["kind"] == "badData" && error["where"] == "a.gguf:12")
        #expect(error["why"] == "expected 3\nfound 4\u{7}" && error["hint"] == "Fetch it again.")
    }

    @Test("notes with the same reason share a line, behind errors and warnings")
    func findings() {
        var issues: [PlanIssue] = [
            .note("a", "no effect."), .error("b", "bad."), .note("c", "no effect."),
            PlanIssue(field: "d", message: "odd.", severity: .warning),
        ]
        for (index, line) in [3, 4, 9].enumerated() { issues[index].line = line }
        #expect(
            ErrorReport.text(issues) == """
                error: b: line 4: bad.
                warning: d: odd.
                note: a, c: no effect.

                """)
    }

    @Test("a first word without = is a file, the others are settings")
    func planArguments() throws {
        let both = try PlanArguments.parse(["plan.yaml", "lora_rank=4", "seed=1"])
        #expect(both.file == "plan.yaml" && both.assignments == ["lora_rank=4", "seed=1"])
        let none = try PlanArguments.parse(["model_name_or_path=a=b"])
        #expect(none.file == nil && none.assignments == ["model_name_or_path=a=b"])
        let odd = try PlanArguments.parse(["./a=b.yaml"])
        #expect(odd.file == "./a=b.yaml")
        #expect(throws: (any Error).self) { try PlanArguments.parse(["a.yaml", "b.yaml"]) }
    }
}
