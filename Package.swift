// swift-tools-version: 6.2
// One executable (workbench), its kernel, its widgets, and thin C targets. See ARCHITECTURE.md.
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
/// Tests drive the real model, so the kernel is optimised in debug builds too (assertions stay on).
let fastInDebug: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let loops: [CSetting] = [
    .unsafeFlags(["-O3", "-fno-math-errno", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"])
]

let package = Package(
    name: "workbench",
    products: [.executable(name: "workbench", targets: ["Workbench"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurses", path: "Sources/Shims/CCurses",
            providers: [.apt(["libncursesw5-dev"])]),
        .systemLibrary(name: "CSockets", path: "Sources/Shims/CSockets"),
        .target(name: "CStart", path: "Sources/Shims/CStart", cSettings: loops),
        .target(
            name: "Microkernels", cSettings: loops,
            linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread")]),
        .target(
            name: "Kernel",
            dependencies: [
                "Microkernels",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: strict + fastInDebug),
        .target(name: "Panels", dependencies: ["CCurses"], swiftSettings: strict),
        .executableTarget(
            name: "Workbench",
            dependencies: [
                "Kernel", "Panels", "CSockets", "CStart", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: strict),
        // What `make bench` runs. It measures the built program from outside and links none of it.
        .executableTarget(
            name: "benchmarks", path: "Benchmarks/Harness", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Kernel", "Panels"], path: "Tests/TestSupport",
            swiftSettings: strict),
        // Millions of damaged inputs for each reader; KernelTests and WorkbenchTests run them.
        .target(
            name: "Fuzzing", dependencies: ["Kernel"], path: "Tests/Fuzzing",
            swiftSettings: strict + fastInDebug),
        .testTarget(
            name: "KernelTests",
            dependencies: ["Kernel", "TestSupport", "Fuzzing", "Microkernels"],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "PanelsTests", dependencies: ["Panels", "TestSupport"], exclude: ["Snapshots"],
            swiftSettings: strict),
        .testTarget(
            name: "WorkbenchTests", dependencies: ["Workbench", "TestSupport", "Fuzzing"],
            exclude: ["Snapshots"],
            swiftSettings: strict),
        .testTarget(
            name: "BenchmarksTests", dependencies: ["benchmarks"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
