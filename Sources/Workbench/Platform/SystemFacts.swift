// What the system reports about itself and this process, read in one place, so that the rules that are derived
// from it (AllowedMemory, AllowedProcessors) are functions of values and tests can hand in another machine.

import Foundation

/// The text of the system's files, the environment, and the limits of this process.
struct SystemFacts {
    /// The text of a file below /proc or /sys; nil where there is none.
    var text: (_ path: String) -> String?
    var environment: [String: String] = [:]
    /// The most bytes of address space (RLIMIT_AS); nil without a limit.
    var addressLimit: Int?
    /// The most bytes of ordinary memory (RLIMIT_DATA); nil without a limit.
    var dataLimit: Int?
    /// Processors that this process may run on, by its affinity.
    var processors = 1

    /// This machine, now.
    static var here: SystemFacts {
        SystemFacts(
            text: { path in
                guard let data = FileManager.default.contents(atPath: path) else { return nil }
                return String(decoding: data, as: UTF8.self)
            }, environment: ProcessInfo.processInfo.environment,
            addressLimit: limit(__rlimit_resource_t(RLIMIT_AS.rawValue)),
            dataLimit: limit(__rlimit_resource_t(RLIMIT_DATA.rawValue)),
            processors: ProcessStart.processors)
    }

    private static func limit(_ resource: __rlimit_resource_t) -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else {
            return nil
        }
        return Int(limit.rlim_cur)
    }

    // MARK: - Control groups

    /// A control group above this process, of either version.
    struct Group: Equatable {
        /// The folder with its files.
        var folder: String
        var isVersion2: Bool
    }

    /// The groups that bound `controller` (memory, cpu), the nearest first.
    func groups(_ controller: String) -> [Group] {
        guard let own = text("/proc/self/cgroup"), let mounts = text("/proc/self/mountinfo")
        else { return [] }
        var groups: [Group] = []
        for line in own.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isVersion2 = parts[0] == "0" && parts[1].isEmpty
            let isNamed = parts[1].split(separator: ",").contains { $0 == controller }
            guard isVersion2 || isNamed else { continue }
            for mount in mounts.split(separator: "\n") {
                let (folder, root) =
                    Self.mount(
                        mount, isVersion2 ? nil : controller) ?? (nil, "")
                guard let folder else { continue }
                groups += Self.folders(String(parts[2]), root: root, mounted: folder)
                    .map { Group(folder: $0, isVersion2: isVersion2) }
                break
            }
        }
        return groups
    }

    /// Where a control group file system is mounted, and which group lies there; nil for other lines.
    private static func mount(
        _ line: Substring, _ controller: String?
    ) -> (folder: String?, root: String)? {
        // … root folder options [tags] - type source options
        let words = line.split(separator: " ")
        guard let dash = words.firstIndex(of: "-"), words.count > dash + 3, words.count > 4 else {
            return nil
        }
        if let controller {
            guard words[dash + 1] == "cgroup",
                words[dash + 3].split(separator: ",").contains(where: { $0 == controller })
            else { return nil }
        } else {
            guard words[dash + 1] == "cgroup2" else { return nil }
        }
        return (String(words[4]), String(words[3]))
    }

    /// The folders of a group and of all above it, as far as they can be seen from here.
    private static func folders(_ path: String, root: String, mounted: String) -> [String] {
        var path = path
        if root != "/" {
            // A container may see only its own part of the tree, under another name.
            path =
                path == root
                ? "/" : path.hasPrefix(root + "/") ? "\(path.dropFirst(root.count))" : "/"
        }
        var folders: [String] = []
        while path != "/", !path.isEmpty, !path.hasPrefix("/..") {
            folders.append(mounted + path)
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        }
        return folders + [mounted]
    }
}
