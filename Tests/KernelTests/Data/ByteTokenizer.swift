// A tokenizer whose ids can be written down by hand: one id a byte, four special tokens above.

@testable import Kernel

struct ByteTokenizer: Tokenizer {
    static let specials = ["<bos>", "<eos>", "<pad>", "<|end_of_text|>"]
    var addsBOS = false

    var vocabularySize: Int { 256 + Self.specials.count }
    var bosID: Int? { 256 }
    var eosID: Int? { 257 }
    var padID: Int? { 258 }

    func encode(_ pieces: [PromptPiece]) -> [Int] {
        pieces.flatMap { piece -> [Int] in
            var ids: [Int] = []
            var rest = piece.text[...]
            while !rest.isEmpty {
                if piece.isTrusted,
                    let special = Self.specials.firstIndex(where: { rest.hasPrefix($0) })
                {
                    ids.append(256 + special)
                    rest = rest.dropFirst(Self.specials[special].count)
                } else {
                    ids += String(rest.removeFirst()).utf8.map { Int($0) }
                }
            }
            return ids
        }
    }

    func bytes(of id: Int) -> [UInt8] {
        if let byte = UInt8(exactly: id) { return [byte] }
        let index = id - 256
        return Self.specials.indices.contains(index) ? Array(Self.specials[index].utf8) : []
    }

    func id(of token: String) -> Int? {
        Self.specials.firstIndex(of: token).map { 256 + $0 }
    }

    func isSpecial(_ id: Int) -> Bool { id >= 256 }
}

extension ExampleEncoder {
    /// An encoder that writes "<question>answer⟨eos⟩", one token a byte.
    static func bytes(
        addsBOS: Bool = false, template: ChatTemplate? = nil,
        _ change: (inout EncodingOptions) -> Void = { _ in }
    ) throws -> ExampleEncoder {
        var options = EncodingOptions()
        change(&options)
        let chat = ChatEncoder(
            template ?? ChatTemplate("bytes", system: "{{content}}:", user: "<{{content}}>"),
            ByteTokenizer(addsBOS: addsBOS))
        return try ExampleEncoder(chat, options: options)
    }
}

/// The ids of a text, "$" standing for the end of text.
func ids(_ text: String) -> [Int32] {
    text.utf8.map { $0 == UInt8(ascii: "$") ? 257 : Int32($0) }
}

/// The labels of a text, where "." is not trained and "$" is the end of text.
func labels(_ text: String) -> [Int32] {
    text.utf8.map {
        $0 == UInt8(ascii: ".") ? -100 : $0 == UInt8(ascii: "$") ? 257 : Int32($0)
    }
}
