// One JSON object as a record. Where the object as a whole cannot be read, its members are read one
// by one, so that a broken value costs only who asks for it. It knows no columns.

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

    /// Reads each member by itself; false when not even their borders can be found.
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
                let value = try JSONValue.parse(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<end]), limits: limits)
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
