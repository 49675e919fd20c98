// What `make bench` reads and writes: its options, its columns, terminal output without codes.

import Testing

@testable import benchmarks

struct ReportTests {
    @Test func columnsAreAlignedAndHeadingsWidenNothing() {
        let lines = Report.aligned([
            ["", "ours", "ratio"], ["a very long heading"], ["a", "± 1", ""], ["bb", "2", "3.00"],
        ])
        #expect(
            lines == [
                "    ours  ratio",
                "a very long heading",
                "a   ± 1",
                "bb  2     3.00",
            ])
    }

    @Test(arguments: [
        ("\u{1B}[1;1H\u{1B}[38;5;4m1 \u{1B}[1mModel\u{1B}(B\u{1B}[m", "1 Model"),
        ("\u{1B}]0;title\u{7}a\u{1B}7b\r\n", "ab"),
        ("\u{1B}[?1049h┌─ 数据\u{1B}=", "┌─ 数据"),
    ])
    func controlSequencesAreLeftOut(sent: String, visible: String) {
        #expect(VisibleText.of(Array(sent.utf8)) == visible)
    }
}

struct BenchmarkOptionsTests {
    private let home = ["HOME": "/home/me", "XDG_DATA_HOME": "relative"]

    @Test func foldersFollowTheEnvironment() throws {
        let plain = try Options(arguments: [], environment: home)
        #expect(plain.peers == "/home/me/.cache/workbench-peers")
        #expect(
            plain.model
                == "/home/me/.local/share/workbench/models/SmolLM2-135M-Instruct.Q4_1.gguf")
        let named = try Options(
            arguments: [], environment: ["WORKBENCH_PEERS": "/p", "XDG_DATA_HOME": "/d"])
        #expect(named.peers == "/p" && named.model.hasPrefix("/d/workbench/models/"))
    }

    @Test func wordsAreTaken() throws {
        let options = try Options(
            arguments: ["--quick", "--filter", "long", "--threads", "3"], environment: home)
        #expect(options.isQuick && options.filter == "long" && options.threads == 3)
    }

    @Test(arguments: [["--fast"], ["--filter"], ["--threads", "0"], ["--threads", "x"]])
    func mistakesAreNamed(arguments: [String]) throws {
        let error = #expect(throws: Options.Misuse.self) {
            try Options(arguments: arguments, environment: home)
        }
        #expect(error?.description.contains(arguments[0]) == true)
    }
}
