// The runs of this user with their plans and notes, read within bounds; and the few things that the
// list of runs does to them: notes, the trash, and back.

import Foundation
import Kernel

/// Reads and keeps what the list of runs shows.
struct RunStore {
    /// The file of notes in a run's folder.
    static let notesName = "notes.json"
    private static let notesBytesMax = 1 << 16

    let finder: RunFinder

    /// All runs now.
    func listing() -> RunListing {
        let found = finder.search()
        return RunListing(
            runs: found.runs.map(Self.entry), nowSeconds: Date().timeIntervalSince1970,
            isCut: !found.cut.isEmpty)
    }

    private static func entry(_ record: RunRecord) -> RunEntry {
        let plan = try? PlanFile.read(path: "\(record.folder)/training_args.yaml").plan
        return RunEntry(
            record: record, plan: plan, notes: notes(in: record.folder))
    }

    /// The notes of a run; none when the file is missing or no notes.
    static func notes(in folder: String) -> RunNotes {
        guard let file = FileHandle(forReadingAtPath: "\(folder)/\(notesName)") else {
            return RunNotes()
        }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: notesBytesMax),
            let notes = try? JSONDecoder().decode(RunNotes.self, from: data)
        else { return RunNotes() }
        return notes
    }

    /// Writes the notes of a run.
    static func save(_ notes: RunNotes, in folder: String) throws(KernelError) {
        guard RunRecord(folder: folder) != nil else {
            throw KernelError(.missingInput, "there is no run to write about", at: folder)
        }
        let json: JSONValue = [
            "note": .string(notes.note), "tags": .array(notes.tags.map { .string($0) }),
        ]
        try AtomicFile.write(
            Array((json.text(.pretty) + "\n").utf8), to: "\(folder)/\(notesName)")
    }
}
