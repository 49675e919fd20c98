// Finds and decodes the fixtures of Fixtures/text.

import Foundation
import Kernel
import Testing

/// The text fixtures.
enum TextFixtures {
    /// The names of the tiny trained tokenizers.
    static let tokenizers = ["gpt2", "smollm", "llama3", "qwen2"]

    static func url(_ name: String) throws -> URL {
        try #require(
            Bundle.module.url(forResource: "Fixtures/text/\(name)", withExtension: nil),
            "no fixture text/\(name)")
    }

    static func decode<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
    }

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(contentsOf: url(name).path)
    }

    static func tokenizer(_ name: String) throws -> LoadedTokenizer {
        try TokenizerLoader.load(modelAt: url("\(name).tokenizer.json").path)
    }

    static func strings() throws -> [String] { try decode("strings.json", as: [String].self) }
}

/// What the reference makes of strings.json.
struct GoldenText: Decodable {
    /// Ids with special tokens allowed.
    var allowed: [[Int]]
    /// Ids with special tokens as plain text, nil where equal.
    var plain: [[Int]?]
    /// Decoded text, nil where it is the string again.
    var decoded: [String?]
    /// Ids in random order, with their text.
    var loose: [[Int]]
    var looseText: [String]
    var looseSkipped: [String]
}

/// One entry of smollm2.tokens.json.
struct TokenCase: Decodable {
    var text: String
    var ids: [Int]
    var tokens: [String]
    var decoded: String
}

/// One conversation of smollm2.chats.json.
struct ChatCase: Decodable {
    struct Message: Decodable {
        var role: String
        var content: String
    }
    var messages: [Message]
    var gen: Bool
    var rendered: String
    var ids: [Int]
}
