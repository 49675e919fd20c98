// The one error type of the kernel's boundary: files, configurations, datasets and peers.
// It knows what went wrong, where, why and what to do; it does not know how it is shown.

/// An operating error: what failed, where, why, and what the user can do about it.
public struct KernelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The class of the failure; the command line maps each to one exit code.
    public enum Kind: String, Sendable, CaseIterable {
        case usage, badData, missingInput, unavailable, internalFault
        case cannotCreate, inputOutput, temporary, permission, configuration
    }

    public var kind: Kind
    /// What failed, as one clause: "cannot read the GGUF header".
    public var what: String
    /// Where: a path with line, byte offset, record or field.
    public var place: String?
    /// Why: expected and found.
    public var why: String?
    /// What to do about it.
    public var hint: String?

    /// Code that quotes a file cuts and escapes what it says (`escapedForDisplay`); paths stay as they are, for
    /// scripts that read them, and are escaped where they are shown.
    public init(
        _ kind: Kind, _ what: String, at place: String? = nil, because why: String? = nil,
        hint: String? = nil
    ) {
        self.kind = kind
        self.what = what
        self.place = place
        self.why = why
        self.hint = hint
    }

    /// One line: what, where, why; then the hint.
    public var description: String {
        var text = what
        if let place { text += " (\(place))" }
        if let why { text += ": \(why)" }
        if let hint { text += ". \(hint)" }
        return text
    }
}
