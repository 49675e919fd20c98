// Why a weight file was refused: a closed list of fault classes, with the field and the byte offset.
// Readers throw it inside; the public boundary shows it as a KernelError with the path.

/// The class of a malformed weight file; the first ten mirror the safetensors reference reader.
enum FormatFault: String, Sendable, CaseIterable {
    case headerTooSmall, headerTooLarge, invalidHeaderLength, invalidHeader
    case invalidHeaderDeserialization, invalidOffset, validationOverflow, misalignedSlice
    case tensorInvalidInfo, metadataIncompleteBuffer
    case duplicateKey, unsupportedType
    case badMagic, wrongEndianness, unsupportedVersion, badCount, badKey, badString
    case badValueType, badArray, badAlignment, badName, duplicateName, badDimensionCount
    case badShape, sizeOverflow, badOffset, notEnoughData
}

/// One refusal: its class, the field that was being read, where, and what was found.
struct FormatFailure: Error, Equatable {
    var fault: FormatFault
    var field: String
    var offset: Int
    var reason: Sentence
    /// Whether the file ends before what it announces.
    var runsPastTheEnd = false

    init(_ fault: FormatFault, _ field: String, at offset: Int, _ reason: Sentence) {
        self.fault = fault
        self.field = field
        self.offset = offset
        self.reason = reason
    }

    /// The same refusal for people, with the file that caused it.
    func error(reading path: String, format: String) -> KernelError {
        KernelError(
            .badData, "cannot read the \(format) file",
            at: "\(path.escapedForDisplay), byte \(offset), \(field.escapedForDisplay)",
            because: reason,
            hint: hint)
    }

    private static let cutOff: Sentence =
        "The file may be cut off: compare its size with the original and copy it again"

    private var hint: Sentence? {
        if runsPastTheEnd { return Self.cutOff }
        return switch fault {
        case .headerTooSmall, .invalidHeaderLength, .metadataIncompleteBuffer, .notEnoughData:
            Self.cutOff
        case .wrongEndianness: "Convert the file to little-endian"
        case .unsupportedType: "Convert the tensors to one of the supported types"
        case .badMagic, .headerTooLarge: "Fetch the file again: it is damaged, or of another kind"
        default: nil
        }
    }
}
