// Keys of dictionaries as Python compares them: 1, 1.0 and True are one key, strings are compared
// by code points and not by meaning.

/// What a dictionary of a template is looked up by.
struct JinjaKey: Hashable {
    private enum Form {
        case none
        case integer(Int)
        case number(Double)
        case digits(String)
        case string(String)
        case tuple([JinjaKey])
    }

    private let form: Form

    init(_ name: String) { form = .string(name) }

    /// The key of a value; nil for values that Python cannot hash.
    init?(_ value: JinjaValue) {
        switch value {
        case .none: form = .none
        case .bool(let flag): form = .integer(flag ? 1 : 0)
        case .integer(let number): form = .integer(number)
        case .bigInteger(let digits): form = .digits(digits)
        case .number(let number):
            form = Int(exactly: number).map { .integer($0) } ?? .number(number)
        case .string(let text), .markup(let text): form = .string(text)
        case .tuple(let list):
            var keys: [JinjaKey] = []
            for item in list.items {
                guard let key = JinjaKey(item) else { return nil }
                keys.append(key)
            }
            form = .tuple(keys)
        default: return nil
        }
    }

    /// What the key costs to compare.
    var bytes: Int {
        switch form {
        case .string(let text), .digits(let text): text.utf8.count
        case .tuple(let keys): keys.reduce(16) { $0 + $1.bytes }
        default: 0
        }
    }

    static func == (left: JinjaKey, right: JinjaKey) -> Bool {
        switch (left.form, right.form) {
        case (.none, .none): true
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.digits(let a), .digits(let b)), (.string(let a), .string(let b)):
            PythonText.isEqual(a, b)
        case (.tuple(let a), .tuple(let b)): a == b
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch form {
        case .none: hasher.combine(0)
        case .integer(let number): hasher.combine(number)
        case .number(let number): hasher.combine(number)
        case .digits(let text), .string(let text):
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .tuple(let keys): hasher.combine(keys)
        }
    }
}
