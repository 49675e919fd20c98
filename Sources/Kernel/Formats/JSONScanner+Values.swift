// Numbers of a JSON text, exact where they are written as integers, and passing over whole values.

extension JSONScanner {
    // MARK: - Numbers

    /// A plain decimal integer without sign, fraction or exponent; exact or refused.
    mutating func unsignedInteger() throws(JSONFailure) -> UInt64 {
        let start = position
        guard isDigit(current) else { throw unexpected("an unsigned integer") }
        let leadsWithZero = current == 0x30
        var value: UInt64 = 0
        while isDigit(current) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(UInt64(current - 0x30))
            guard !overflow, !carry else {
                throw failure(.number, "the integer is larger than 64 bits", at: start)
            }
            value = sum
            position += 1
        }
        guard !leadsWithZero || position == start + 1 else {
            throw failure(.number, "the integer starts with a zero", at: start)
        }
        switch current {
        case 0x2E, 0x65, 0x45: throw failure(.number, "expected an integer", at: start)
        default: return value
        }
    }

    /// Any JSON number: an exact integer where it is written as one, else a finite Double.
    mutating func number() throws(JSONFailure) -> JSONValue {
        let start = position
        let negative = consume(0x2D)
        if negative, current == 0x49, acceptsNonFinite {
            try literal("Infinity")
            return .number(-.infinity)
        }
        guard isDigit(current) else { throw unexpected("a number") }
        if current == 0x30 {
            position += 1
            guard !isDigit(current) else {
                throw failure(.number, "the number starts with a zero", at: start)
            }
        }
        skipDigits()
        var isInteger = true
        if consume(0x2E) {
            isInteger = false
            guard isDigit(current) else { throw unexpected("a digit") }
            skipDigits()
        }
        if current == 0x65 || current == 0x45 {
            isInteger = false
            position += 1
            if current == 0x2B || current == 0x2D { position += 1 }
            guard isDigit(current) else { throw unexpected("a digit") }
            skipDigits()
        }
        if isInteger, let value = integer(from: negative ? start + 1 : start, negative: negative) {
            return .integer(value)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger { return text == "-0" ? .integer(0) : .bigInteger(text) }
        guard let value = Double(text), value.isFinite || acceptsNonFinite else {
            throw failure(.number, "the number is outside the range of a Double", at: start)
        }
        return .number(value)
    }

    /// NaN or Infinity as Python writes them.
    mutating func nonFinite() throws(JSONFailure) -> JSONValue {
        if current == 0x4E {
            try literal("NaN")
            return .number(.nan)
        }
        try literal("Infinity")
        return .number(.infinity)
    }

    /// The digits from `start` to the cursor as an Int, or nil when they do not fit.
    private func integer(from start: Int, negative: Bool) -> Int? {
        var value = 0
        for index in start..<position {
            let digit = Int(bytes[index] &- 0x30)
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                negative
                ? scaled.subtractingReportingOverflow(digit)
                : scaled.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    @inline(__always) private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private mutating func skipDigits() {
        while isDigit(current) { position += 1 }
    }

    // MARK: - Skipping

    /// Passes over one value of any kind without keeping it.
    mutating func skipValue(depth: Int, limit: Int) throws(JSONFailure) {
        guard depth < limit else { throw failure(.tooDeep, "nested deeper than \(limit)") }
        skipSpace()
        switch current {
        case 0x22: _ = try string()
        case 0x74: try literal("true")
        case 0x66: try literal("false")
        case 0x6E: try literal("null")
        case 0x7B, 0x5B: try skipContainer(depth: depth, limit: limit)
        default: _ = try number()
        }
    }

    private mutating func skipContainer(depth: Int, limit: Int) throws(JSONFailure) {
        let isObject = current == 0x7B
        let close: UInt8 = isObject ? 0x7D : 0x5D
        position += 1
        skipSpace()
        if consume(close) { return }
        while true {
            if isObject {
                skipSpace()
                _ = try string()
                skipSpace()
                try expect(0x3A, "\":\"")
            }
            try skipValue(depth: depth + 1, limit: limit)
            skipSpace()
            if consume(close) { return }
            try expect(0x2C, isObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
        }
    }
}
