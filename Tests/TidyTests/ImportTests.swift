// Who may import whom, as ARCHITECTURE.md says it: the strangers stay strangers, and what C or a
// package gives is taken in where it is needed and nowhere else.

import Testing

struct ImportTests {
    /// Every module that any file of a module may import, besides itself.
    static let allowed: [(module: String, imports: Set<String>)] = [
        (
            "Kernel",
            [
                "Foundation", "Synchronization", "Dispatch", "Microkernels", "HeapModule",
                "OrderedCollections",
            ]
        ),
        ("Panels", ["Foundation", "Synchronization", "CCurses"]),
        (
            "Workbench",
            [
                "Foundation", "Synchronization", "Dispatch", "Kernel", "Panels", "Yams",
                "ArgumentParser", "Logging", "OrderedCollections", "CSockets", "CStart",
            ]
        ),
    ]

    /// Where a shim or a package is used: a file, or a folder ending in a slash.
    static let places: [(module: String, files: [String])] = [
        ("CCurses", ["Sources/Panels/Screen/Curses.swift"]),
        ("CStart", ["Sources/Workbench/Platform/ProcessStart.swift"]),
        ("CSockets", ["Sources/Workbench/Sessions/UnixSocket.swift"]),
        ("Yams", ["Sources/Workbench/Settings/SettingDocument.swift"]),
        ("ArgumentParser", ["Sources/Workbench/Commands/"]),
        ("HeapModule", ["Sources/Kernel/Tokenizers/"]),
    ]

    @Test(arguments: allowed)
    func importsOnlyWhatItMay(module: String, imports: Set<String>) throws {
        let files = try SourceTree.swift(module)
        #expect(!files.isEmpty)
        for file in files {
            let others = Set(file.imports).subtracting(imports)
            #expect(others.isEmpty, "\(file.path) imports \(others.sorted())")
        }
    }

    @Test(arguments: places)
    func isImportedInItsPlaceOnly(module: String, places: [String]) throws {
        let importers = try SourceTree.files(in: "Sources", "swift")
            .filter { $0.imports.contains(module) }.map(\.path)
        for path in importers {
            #expect(
                places.contains { $0.hasSuffix("/") ? path.hasPrefix($0) : path == $0 },
                "\(path) imports \(module), which belongs to \(places)")
        }
        for place in places {
            #expect(
                importers.contains { $0.hasPrefix(place) }, "nothing in \(place) imports \(module)")
        }
    }

    /// Settings are text and plans: no screen.
    @Test func settingsKnowNoScreen() throws {
        for file in try SourceTree.files(in: "Sources/Workbench/Settings", "swift") {
            #expect(!file.imports.contains("Panels"), "\(file.path)")
        }
    }

    /// A test target tests its module, so Kernel's tests see no widgets and Panels' no tensors.
    @Test func testsOfStrangersStayApart() throws {
        for file in try SourceTree.files(in: "Tests/KernelTests", "swift") {
            #expect(!file.imports.contains("Panels"), "\(file.path)")
        }
        for file in try SourceTree.files(in: "Tests/PanelsTests", "swift") {
            #expect(!file.imports.contains("Kernel"), "\(file.path)")
        }
        for file in try SourceTree.files(in: "Tests/TestSupport", "swift") {
            #expect(!file.imports.contains("Testing"), "\(file.path)")
        }
    }
}
