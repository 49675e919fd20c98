// Inside a module folders know those above them in the module map of ARCHITECTURE.md only: what a file names of a
// folder below its own is an arrow that points up, and each that is left is listed here.

import Testing

struct FolderOrderTests {
    /// A type named in a file of a folder that stands above the type's own in the map.
    struct Arrow: Hashable, CustomTestStringConvertible {
        var file: String
        var type: String
        var testDescription: String { "\(file): \(type)" }

        init(_ file: String, _ type: String) { (self.file, self.type) = (file, type) }
    }

    /// The arrows that are left in each module. Take out what is mended; nothing is ever added.
    static let known: [(module: String, arrows: [Arrow])] = [
        (
            "Kernel",
            [
                // A family says which of its tensors GGUF files hold in another order of rows.
                Arrow("GGUFFile", "ModelFamily"),
                // A row says which weights it leaves alone.
                Arrow("Quantizer", "WeightSlot"),
                // LoRA's fast path; every other adapter goes through `LinearAdapter`.
                Arrow("Projection", "LoRAAdapter"), Arrow("Projection+Tiles", "LoRAAdapter"),
                Arrow("PassMemory", "TuningMethod"),
                // A folder that is opened may be a checkpoint.
                Arrow("AppliedAdapter", "Checkpoint"), Arrow("PreparedModel", "Checkpoint"),
                // Events carry what happened to plans and models; stages bring their metrics.
                Arrow("TrainingEvent", "GenerationResult"), Arrow("TrainingEvent", "TrainingPlan"),
                Arrow("TrainingEvent", "PreparedModel"), Arrow("Metrics", "TrainingStage"),
                // A stage makes its objective of a plan, and a plan has a stage.
                Arrow("TrainingStage", "TrainingPlan"),
            ]
        ),
        (
            "Panels",
            [
                // A frame carries what a click and the wheel stand for at each place.
                Arrow("Frame", "Target"), Arrow("Frame", "WheelPlace"),
            ]
        ),
        ("Workbench", []),
    ]

    @Test(arguments: known)
    func foldersKnowThoseAboveThemOnly(module: String, arrows: [Arrow]) throws {
        let order = try DocumentTests.folders(of: module)
        let found = Self.arrows(in: try SourceTree.swift(module), order)
        #expect(
            found.subtracting(arrows) == [],
            "these point up in the module map; move the type or file")
        #expect(Set(arrows).subtracting(found) == [], "these are mended; take them out of the list")
    }

    /// The arrows that point up. A name that several folders declare tells nothing, nor does one behind a dot: it
    /// belongs to the type in front.
    static func arrows(in files: [SourceFile], _ order: [String]) -> Set<Arrow> {
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var owners: [Substring: Set<Int>] = [:]
        let declaration =
            /^(?:public |final |package |indirect )*(?:struct|class|enum|protocol|actor|typealias) (\w+)/
            .anchorsMatchLineEndings()
        let texts = files.compactMap { file -> (name: String, place: Int, code: String)? in
            let parts = file.path.split(separator: "/")
            guard parts.count > 3, let place = places[String(parts[2])] else { return nil }
            let code = file.code
            for match in code.matches(of: declaration) {
                owners[match.1, default: []].insert(place)
            }
            return (String(file.name.dropLast(".swift".count)), place, code)
        }
        var found: Set<Arrow> = []
        for text in texts {
            for match in text.code.matches(of: /\b[A-Z]\w+/) {
                guard let places = owners[match.0], places.count == 1, let place = places.first,
                    place > text.place, !isOwn(match.0, in: text.code),
                    !text.code[..<match.range.lowerBound].hasSuffix(".")
                else { continue }
                found.insert(Arrow(text.name, String(match.0)))
            }
        }
        return found
    }

    /// Whether a file has a type of the name inside of another one, or as a parameter of a type.
    private static func isOwn(_ name: Substring, in code: String) -> Bool {
        ["struct \(name)", "enum \(name)", "associatedtype \(name)", "<\(name)>", "<\(name):"]
            .contains { code.contains($0) }
    }

    @Test func arrowsAreFound() {
        let files = [
            SourceFile(
                path: "Sources/M/A/Low.swift",
                text: "struct Low { var x: High; var y: Own; var z: Q.Far }\nstruct G<Wide> {}"),
            SourceFile(
                path: "Sources/M/A/Own.swift", text: "struct Own {}\nprivate struct Both {}"),
            SourceFile(
                path: "Sources/M/B/High.swift", text: "enum High { case a(Low) }\nstruct Far {}"),
        ]
        #expect(Self.arrows(in: files, ["A", "B"]) == [Arrow("Low", "High")])
        #expect(Self.arrows(in: files, ["B", "A"]) == [Arrow("High", "Low")])
    }
}
