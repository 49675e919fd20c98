// The names in a folder as the system has them: bytes. Those that are no UTF-8 text cannot be opened by a path
// and are listed apart; a folder has an identity, so that links which lead in circles can be left.

import Foundation

/// What is in a folder.
struct FolderListing {
    /// The identity of the folder, whatever it is called.
    struct Identity: Hashable {
        var device: UInt
        var node: UInt
    }

    /// Names in their order, without hidden ones.
    var names: [String] = []
    /// Names of models that are no UTF-8, as they can be shown: GGUF files and folders with a config.json.
    var unreadableModels: [String] = []
    var identity: Identity

    /// Nil where there is no folder that can be read.
    init?(_ path: String) {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        let descriptor = dirfd(folder)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        identity = Identity(device: UInt(status.st_dev), node: UInt(status.st_ino))
        while let entry = readdir(folder) {
            withUnsafePointer(to: &entry.pointee.d_name) { place in
                place.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    note(name, descriptor)
                }
            }
        }
        names.sort()
        unreadableModels.sort()
    }

    private mutating func note(_ name: UnsafePointer<CChar>, _ folder: Int32) {
        guard name[0] != CChar(bitPattern: UInt8(ascii: ".")) else { return }
        if let text = String(validatingCString: name) {
            names.append(text)
            return
        }
        let shown = String(cString: name)
        if shown.hasSuffix(".gguf") || Self.holdsModel(name, folder) {
            unreadableModels.append(shown)
        }
    }

    private static func holdsModel(_ name: UnsafePointer<CChar>, _ folder: Int32) -> Bool {
        let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard inner >= 0 else { return false }
        defer { close(inner) }
        return faccessat(inner, "config.json", F_OK, 0) == 0
    }
}
