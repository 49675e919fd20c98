// Rows of many examples: pre-training texts joined and cut into blocks of one length, and whole
// conversations put side by side. Knows token ids only; each text already ends with its EOS.

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

    /// How many conversations are looked at together when rows are filled, as LLaMA-Factory does.
    static let groupSize = 1000

    /// Puts whole conversations side by side into rows of at most `rowLength` tokens. Each still
    /// sees only itself, unless the rows are open: then it sees those before it as well.
    ///
    /// Within a group of a thousand a row takes the longest conversation that still fits, then the
    /// next; among equally long ones the last. Rows of one conversation stay as they are.
    public static func sharedRows(
        _ examples: [EncodedExample], rowLength: Int, isOpen: Bool = false
    ) -> [EncodedExample] {
        BatchPlan.chunks(count: examples.count, size: groupSize).flatMap { group in
            var waiting = group.sorted {
                let (a, b) = (examples[$0].ids.count, examples[$1].ids.count)
                return a == b ? $0 < $1 : a < b
            }
            var rows: [EncodedExample] = []
            while !waiting.isEmpty {
                var (row, room): ([EncodedExample], Int) = ([], rowLength)
                while true {
                    let fitting = waiting.partitioningIndex { examples[$0].ids.count > room }
                    guard fitting > 0 else { break }
                    let example = examples[waiting.remove(at: fitting - 1)]
                    room -= example.ids.count
                    row.append(example)
                }
                precondition(!row.isEmpty, "an example is longer than a row of \(rowLength)")
                rows.append(
                    row.count == 1
                        ? row[0] : EncodedExample(joining: row, as: isOpen ? .open : .apart))
            }
            return rows
        }
    }
}
