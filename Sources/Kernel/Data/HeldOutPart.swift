// Which examples are of one record: a set may be named twice, under two names or paths, and
// num_samples repeats records beyond the size of a set. It draws nothing.

import Foundation

/// Records among examples, by where they are stored.
enum HeldOutPart {
    /// A record: its file, however the path was written, and its number there.
    private struct Identity: Hashable {
        var file: Int
        var record: Int
    }

    /// The number of the first example of each record, ascending.
    static func firsts(of examples: [SourcedExample]) -> [Int] {
        var seen: Set<Identity> = []
        seen.reserveCapacity(examples.count)
        return identities(of: examples).enumerated().compactMap {
            seen.insert($0.element).inserted ? $0.offset : nil
        }
    }

    /// The numbers of all examples whose records are among those of `numbers`.
    static func all(like numbers: Set<Int>, in examples: [SourcedExample]) -> Set<Int> {
        guard !numbers.isEmpty else { return [] }
        let identities = identities(of: examples)
        let wanted = Set(numbers.map { identities[$0] })
        return Set(identities.indices.filter { wanted.contains(identities[$0]) })
    }

    private static func identities(of examples: [SourcedExample]) -> [Identity] {
        var files: [String: Int] = [:]
        var paths: [String: Int] = [:]
        return examples.map { source in
            let path = source.origin.file
            if let file = files[path] {
                return Identity(file: file, record: source.origin.record)
            }
            let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let file = paths[resolved] ?? paths.count
            (paths[resolved], files[path]) = (file, file)
            return Identity(file: file, record: source.origin.record)
        }
    }
}

extension ExampleReader {
    /// What was read so far, as the beginning of a report.
    var report: DataInspection {
        var report = DataInspection()
        report.recordCount = recordCount
        report.problems = problems
        report.unusedColumns = unused
        report.remarks = remarks
        (report.emptyWordCount, report.emptyWord) = emptyWords
        return report
    }
}
