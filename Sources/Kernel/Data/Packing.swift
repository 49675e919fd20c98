// Pre-training rows: many texts joined and cut into blocks of one length.
// Knows token ids only; each text already ends with its EOS.

/// Texts joined into blocks, and what was left over.
public struct PackedTexts: Sendable, Equatable {
    /// The rows, every token trained.
    public var blocks: [EncodedExample]
    /// Tokens behind the last whole block, which are not trained.
    public var droppedTokens: Int
}

/// Joins texts and cuts the result into blocks.
public enum Packing {
    /// Concatenates the texts and cuts blocks of `blockLength`; every token is trained.
    ///
    /// The tail is dropped, unless it is all there is: then it becomes the one, shorter block.
    /// With `startID` the first id of each block is overwritten by it, as models trained with a
    /// BOS expect; the count of tokens does not change.
    public static func joinedBlocks(
        _ texts: [[Int32]], blockLength: Int, startID: Int32? = nil
    ) -> PackedTexts {
        precondition(blockLength > 0, "a block cannot have \(blockLength) tokens")
        var blocks: [EncodedExample] = []
        var open: [Int32] = []
        open.reserveCapacity(blockLength)
        func close() {
            if let startID { open[0] = startID }
            blocks.append(EncodedExample(ids: open, labels: open))
            open.removeAll(keepingCapacity: true)
        }
        for text in texts {
            var rest = text[...]
            while !rest.isEmpty {
                let part = rest.prefix(blockLength - open.count)
                open += part
                rest = rest.dropFirst(part.count)
                if open.count == blockLength { close() }
            }
        }
        if blocks.isEmpty && !open.isEmpty { close() }
        return PackedTexts(blocks: blocks, droppedTokens: open.count)
    }
}
