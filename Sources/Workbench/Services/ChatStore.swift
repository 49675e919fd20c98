// Conversations on disk: listed, written, read and deleted below one folder. Names never lead out of it.

import Foundation
import Kernel

/// The folder of saved conversations.
struct ChatStore {
    private static let suffix = ".json"
    private static let bytesMax = 64 << 20
    private static let listMax = 10_000

    private let folder: String

    init(_ paths: Paths) { folder = paths.chats }

    /// The conversations, the newest first.
    func list() throws(KernelError) -> [ChatFile] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw KernelError(
                .inputOutput, "cannot list the conversations", at: folder,
                because: Sentence(verbatim: error.localizedDescription))
        }
        let now = Date()
        return names.filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }
            .prefix(Self.listMax)
            .map { file in
                let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
                let date = facts?[.modificationDate] as? Date ?? .distantPast
                return ChatFile(
                    name: String(file.dropLast(Self.suffix.count)),
                    bytes: (facts?[.size] as? NSNumber)?.intValue ?? 0,
                    ageSeconds: max(0, now.timeIntervalSince(date)))
            }
            .sorted { ($0.ageSeconds, $0.name) < ($1.ageSeconds, $1.name) }
    }

    func save(
        _ document: ChatDocument, _ name: String, replaces: Bool
    ) throws(KernelError) {
        let path = try path(of: name)
        guard replaces || !FileManager.default.fileExists(atPath: path) else {
            throw KernelError(
                .cannotCreate, "a conversation of this name is saved already", at: name,
                hint: "Choose another name, or delete that one.")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw KernelError(
                .cannotCreate, "cannot make the folder of conversations", at: folder,
                because: Sentence(verbatim: error.localizedDescription))
        }
        try AtomicFile.write(Array((document.json.text(.pretty) + "\n").utf8), to: path)
    }

    func load(_ name: String) throws(KernelError) -> ChatDocument {
        let path = try path(of: name)
        let bytes = try BoundedFile.read(path, limit: Self.bytesMax)
        let value = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self), source: path)
        return try ChatDocument(value, source: path)
    }

    func delete(_ name: String) throws(KernelError) {
        let path = try path(of: name)
        guard unlink(path) == 0 else {
            throw KernelError(
                .inputOutput, "cannot delete the conversation", at: path,
                because: Sentence(verbatim: String(cString: strerror(errno))))
        }
    }

    private func path(of name: String) throws(KernelError) -> String {
        if let problem = ChatName.problem(name) {
            throw KernelError(.usage, problem, at: name)
        }
        return "\(folder)/\(name)\(Self.suffix)"
    }
}
