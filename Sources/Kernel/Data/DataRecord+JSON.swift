// One JSON object as a record. Where the object as a whole cannot be read, its members are read one
// by one, so that a broken value harms only its own readers. It knows no columns.

extension DataRecord {
    /// Reads the members of one JSON object.
    mutating func readJSON(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits
    ) throws(RecordFault) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            guard readMembers(bytes, limits) else {
                throw RecordFault(
                    .unreadable, "byte \(error.offset) of the record: \(error.reason)")
            }
            return
        }
        guard let object = value.object else {
            throw RecordFault(.unreadable, "a record must be an object, not \(value.kindName)")
        }
        fields = object
    }

    /// Reads each member by itself; false when not even their boundaries can be found.
    private mutating func readMembers(
        _ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits
    ) -> Bool {
        var (fields, unreadable): (JSONObject, [String: RecordFault]) = ([:], [:])
        var scanner = JSONScanner(bytes)
        scanner.skipSpace()
        guard scanner.consume(UInt8(ascii: "{")) else { return false }
        repeat {
            scanner.skipSpace()
            guard let key = try? scanner.string() else { return false }
            scanner.skipSpace()
            guard scanner.consume(UInt8(ascii: ":")) else { return false }
            scanner.skipSpace()
            let start = scanner.position
            guard let end = Self.valueEnd(bytes, from: start), end > start else { return false }
            scanner.position = end
            do {
                let value = try Self.value(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<end]), limits)
                if fields.updateValue(value, forKey: key) != nil {
                    unreadable[key] = RecordFault(
                        .unreadable, field: key, "the key occurs twice")
                }
            } catch {
                unreadable[key] = RecordFault(
                    .unreadable, field: key,
                    "byte \(start + error.offset) of the record: \(error.reason)")
            }
            scanner.skipSpace()
        } while scanner.consume(UInt8(ascii: ","))
        guard scanner.consume(UInt8(ascii: "}")), (try? scanner.expectEnd()) != nil else {
            return false
        }
        for key in unreadable.keys { fields.removeValue(forKey: key) }
        (self.fields, self.unreadable) = (fields, unreadable)
        return true
    }

    /// A member's value. Inside of lists and objects NaN and its like, which Python writes, count as
    /// null: a score of a message does not cost the conversation.
    private static func value(
        _ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits
    ) throws(JSONFailure) -> JSONValue {
        do {
            return try JSONValue.parse(bytes, limits: limits)
        } catch {
            guard [UInt8(ascii: "["), UInt8(ascii: "{")].contains(bytes.first ?? 0),
                let mended = nullingNumbers(bytes)
            else { throw error }
            let result = mended.withUnsafeBytes { mended in
                Result { () throws(JSONFailure) in try JSONValue.parse(mended, limits: limits) }
            }
            return try result.get()
        }
    }

    /// The bytes with null for NaN and infinities outside of strings; nil when there are none.
    private static func nullingNumbers(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
        var result: [UInt8] = []
        var (at, isText, isChanged) = (0, false, false)
        while at < bytes.count {
            let byte = bytes[at]
            if !isText, let word = words.first(where: { bytes[at...].starts(with: $0) }) {
                result += Array("null".utf8)
                at += word.count
                isChanged = true
                continue
            }
            if isText, byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
                result += bytes[at...at + 1]
                at += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isText.toggle() }
            result.append(byte)
            at += 1
        }
        return isChanged ? result : nil
    }

    /// Where a value ends by its brackets and strings: at a comma or brace of the record itself.
    private static func valueEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var (at, depth, isText) = (start, 0, false)
        while at < bytes.count {
            let byte = bytes[at]
            if isText {
                if byte == UInt8(ascii: "\\") { at += 1 }
                isText = byte != UInt8(ascii: "\"")
            } else {
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return at }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return at
                default: break
                }
            }
            at += 1
        }
        return nil
    }
}
