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
    public var what: Sentence
    /// Where: a path with line, byte offset, record or field.
    public var place: String?
    /// Why: expected and found.
    public var why: Sentence?
    /// What to do about it.
    public var hint: Sentence?

    /// Code that quotes a file cuts and escapes what it says (`escapedForDisplay`); paths stay as they are, for
    /// scripts that read them, and are escaped where they are shown.
    public init(
        _ kind: Kind, _ what: Sentence, at place: String? = nil, because why: Sentence? = nil,
        hint: Sentence? = nil
    ) {
        self.kind = kind
        self.what = what
        self.place = place
        self.why = why
        self.hint = hint
    }

    /// One line: what, where, why; then the hint.
    public var sentence: Sentence {
        var sentence = what
        if let place { sentence = "\(sentence) (\(place))" }
        if let why { sentence = "\(sentence): \(why)" }
        if let hint { sentence = "\(sentence). \(hint)" }
        return sentence
    }

    /// The same in English.
    public var description: String { sentence.description }
}

extension Sentence.StringInterpolation {
    /// An error as a value, each of its parts translated by its own key.
    public mutating func appendInterpolation(_ error: KernelError) {
        appendInterpolation(error.sentence)
    }
}
