// Records of the bundled instructions: what is trained on, and the text of the long prompt.

import Foundation

/// The alpaca records of sample-data/instructions.json.
struct SampleRecords {
    /// The file, seen from the repository's folder.
    static let path = "sample-data/instructions.json"

    private let records: [[String: Any]]

    init() throws {
        let data = FileManager.default.contents(atPath: Self.path) ?? Data()
        guard let records = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]],
            !records.isEmpty
        else { throw BenchmarkError("\(Self.path) cannot be read") }
        self.records = records
    }

    /// Writes `count` records, taken from the whole file at even distances and then mixed, always alike.
    func writeEvenly(_ count: Int, to path: String) throws {
        precondition(count <= records.count, "\(count) of \(records.count) records")
        // A stride of a prime mixes: the file is sorted by topic.
        precondition(count % 37 != 0, "the stride must meet every record")
        let chosen = (0..<count).map { records[$0 * 37 % count * records.count / count] }
        try JSONSerialization.data(withJSONObject: chosen, options: [.sortedKeys])
            .write(to: URL(fileURLWithPath: path))
    }

    /// English answers one after the other, the first `count` characters of them.
    func englishText(_ count: Int) -> String {
        let answers = records.compactMap { $0["output"] as? String }
            .filter { $0.utf8.count > 200 && $0.utf8.allSatisfy { $0 < 0x80 } }
        return String(answers.joined(separator: "\n\n").prefix(count))
    }
}
