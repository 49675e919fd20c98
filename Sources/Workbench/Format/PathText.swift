// Paths as texts: their last part, and whether two of them name one place, as far as that is known without
// the disk.

/// Compares and shortens paths.
enum PathText {
    /// Whether two paths name the same place: `runs/a`, `./runs//a/`. Empty ones name none.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func parts(_ path: String) -> [Substring] {
            path.split(separator: "/").filter { $0 != "." }
        }
        return !one.isEmpty && !other.isEmpty && one.hasPrefix("/") == other.hasPrefix("/")
            && parts(one) == parts(other)
    }

    /// The last part of a path, or the path when there is none.
    static func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
