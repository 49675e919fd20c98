// Records of the bundled instructions: what is trained on, and the text of the long prompt.

import Foundation

/// The alpaca records of sample-data, seen from the repository's folder.
struct SampleRecords {
    /// One instruction with its answer.
    struct Record: Codable {
        var instruction: String
        var input: String
        var output: String

        /// A rough count: a token is some four letters, or half of a Chinese character.
        var tokens: Double {
            [instruction, input, output].joined().unicodeScalars.reduce(0) {
                $0 + ($1.isASCII ? 0.23 : 1.8)
            }
        }

        var isASCII: Bool { [instruction, input, output].joined().utf8.allSatisfy { $0 < 0x80 } }

        /// No digits and no code, which take a token a letter.
        var isPlainEnglish: Bool {
            isASCII
                && ![instruction, input, output].joined().contains {
                    $0.isNumber || "{}|<>_".contains($0)
                }
        }
    }

    private let records: [Record]

    init() throws {
        records = try ["instructions", "identity"].flatMap { name in
            let path = "sample-data/\(name).json"
            guard let data = FileManager.default.contents(atPath: path),
                let records = try? JSONDecoder().decode([Record].self, from: data), !records.isEmpty
            else {
                throw BenchmarkError("\(path) cannot be read: call this in the repository's folder")
            }
            return records
        }
    }

    /// All of them, mixed and always alike: the files are sorted by topic.
    var mixed: [Record] { Self.mixed(records) }

    /// The `count` shortest, mixed.
    func shortest(_ count: Int) -> [Record] {
        precondition(count <= records.count, "\(count) of \(records.count) records")
        let sorted = records.enumerated().sorted {
            ($0.element.tokens, $0.offset) < ($1.element.tokens, $1.offset)
        }
        return Self.mixed(sorted.prefix(count).map(\.element))
    }

    /// Records that ask for a page of questions and answers, with those in plain English as its
    /// text. Their lengths are spread evenly over 100 to 400 tokens in every run of records.
    func pages(_ count: Int) -> [Record] {
        let english = records.filter(\.isPlainEnglish)
        return (0..<count).map { page in
            // In letters; the question and the chat template around it take some 70 tokens more.
            let length = (50 + page * 113 % 241) * 4
            var text = ""
            var next = page * 37
            while text.count < length {
                let record = english[next % english.count]
                text += "Q: " + [record.instruction, record.input].joined(separator: " ")
                text += "\nA: \(record.output)\n\n"
                next += 1
            }
            let title = english[page * 37 % english.count].instruction.prefix(60)
            return Record(
                instruction: "Write page \(page + 1) of a collection of questions and answers. "
                    + "It begins with: \(title)",
                input: "", output: String(text.prefix(length)))
        }
    }

    /// English answers one after the other, the first `count` characters of them.
    func englishText(_ count: Int) -> String {
        let answers = records.filter { $0.isASCII && $0.output.utf8.count > 200 }.map(\.output)
        return String(answers.joined(separator: "\n\n").prefix(count))
    }

    /// A stride of a prime mixes.
    private static func mixed(_ records: [Record]) -> [Record] {
        precondition(records.count % 37 != 0, "the stride must meet every record")
        return records.indices.map { records[$0 * 37 % records.count] }
    }
}
