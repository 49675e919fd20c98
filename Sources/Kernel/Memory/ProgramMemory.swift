// What the program holds when nothing is computed, as it was measured: its code, its tokenizer, its data.

enum ProgramMemory {
    /// Code and libraries, the threads' stacks, the metadata of an opened model.
    private static let fixed = 42 << 20
    /// A token of the vocabulary, with its place in the merges.
    private static let token = 120
    /// A token of an encoded sample: its id and its label.
    private static let encoded = 8

    /// Buffers of files while a model is opened. Where even these are refused, nothing can be told any more.
    static let opening = 8 << 20

    static func byteCount(vocabulary: Int, dataTokens: Int) -> Int {
        fixed + token * vocabulary + encoded * dataTokens
    }
}
