// Where files go when the environment says little or nothing that is text: never into the folder where one is,
// never into another one than is meant; and names that no path can hold are told.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite(.serialized) struct NameTests {
    @Test func homeIsNeverTheCurrentFolder() throws {
        for environment in [[:], ["HOME": ""], ["HOME": "rel"], ["HOME": "./x"]] {
            #expect(try HomeFolder.path(environment, recorded: { "/home/me/" }) == "/home/me")
            for recorded in [nil, "", "rel"] {
                #expect(throws: KernelError.self) {
                    try HomeFolder.path(environment, recorded: { recorded })
                }
            }
        }
        #expect(try HomeFolder.path(["HOME": "/h/"], recorded: { nil }) == "/h")
        #expect(HomeFolder.recorded()?.hasPrefix("/") == true)
        #expect(try Paths(environment: ["HOME": "/"]).runs == "/.local/share/workbench/runs")
    }

    @Test(arguments: ["env -u HOME", "env HOME=", "env HOME=rel", "env XDG_DATA_HOME=rel"])
    func filesOfOnesOwnLieBelowTheHomeOfTheDatabase(before: String) throws {
        let room = try ProgramRoom()
        let ending = try room.run("\(before) $wb paths models")
        let home = before.contains("XDG") ? room.root : try #require(HomeFolder.recorded())
        #expect(ending.out == "\(home)/.local/share/workbench/models\n", "\(ending)")
    }

    @Test func wordsThatAreNoTextAreRefused() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let ending = try room.run("mv m $'bad\\xe9'; $wb tokenize -m $'bad\\xe9'")
        #expect(ending.code == 64 && ending.err.contains("UTF-8"), "\(ending)")
        let folder = "HOME=$PWD/$'h\\xe9'"
        let paths = try room.run(
            "mkdir $'h\\xe9'; \(folder) $wb paths runs | od -An -c | tr -d ' \\n'")
        #expect(paths.out.contains("/h351/.local/share/workbench/runs"), "\(paths)")
        for words in ["models", "doctor", "paths --json", "ui"] {
            let ending = try room.run("\(folder) $wb \(words)")
            #expect(ending.code == 78 && ending.err.contains("HOME is not UTF-8"), "\(ending)")
        }
        #expect(try room.run("ls -A | grep -c '^h'").out == "1\n")
        let xdg = try room.run("XDG_STATE_HOME=$PWD/$'h\\xe9' $wb paths")
        #expect(xdg.code == 78 && xdg.err.contains("XDG_STATE_HOME"), "\(xdg)")
    }

    @Test func modelsWithNamesThatAreNoTextAreListedWithTheReason() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let ending = try room.run(
            "mkdir models; mv m $'models/bad\\xe9'; touch $'models/x\\xff.gguf'; mkdir $'models/n\\xff'; $wb models"
        )
        #expect(ending.code == 0)
        let told = ending.out.components(separatedBy: "the name is not UTF-8 text")
        #expect(told.count == 3 && !ending.out.contains("does not exist"), "\(ending)")
    }

    @Test func circlesOfLinksEnd() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        // Eight links to the folder itself in each folder: 8⁴ ways without a memory of where one was.
        let make = """
            mkdir -p models/a .local/share/workbench/runs; mv m models/a/m
            for i in 1 2 3 4 5 6 7 8; do ln -s .. models/a/up$i; ln -s . models/here$i
            ln -s . .local/share/workbench/runs/r$i; done; $wb models; $wb runs
            """
        let ending = try room.run(make, seconds: 60)
        #expect(ending.code == 0)
        #expect(ending.out.components(separatedBy: "models/a/m").count == 2, "\(ending)")
        let finder = ModelFinder(
            Paths(environment: [:], home: room.root), environment: [:], home: room.root)
        #expect(finder.candidates().filter { $0.path.hasPrefix(room.root) }.count == 1)
    }
}
