// Paths as texts: whether two of them name one place, as far as that can be told without the disk.

/// Compares paths that were typed.
enum PathText {
    /// Whether two paths name the same place: `runs/a`, `./runs//a/`. Empty ones name none.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func parts(_ path: String) -> [Substring] {
            path.split(separator: "/").filter { $0 != "." }
        }
        return !one.isEmpty && !other.isEmpty && one.hasPrefix("/") == other.hasPrefix("/")
            && parts(one) == parts(other)
    }
}
