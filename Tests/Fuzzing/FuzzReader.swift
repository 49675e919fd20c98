// One reader under test: how its inputs are made and what its answers must be. A new reader is one file
// here and one row in FuzzTests.

/// What a reader said of one input.
enum Verdict: Sendable {
    /// The input was read.
    case accepted
    /// It was refused: the class of the refusal.
    case refused(String)
    /// What the reader did must not be: what was wrong.
    case wrong(String)
}

/// A reader with its inputs.
struct FuzzReader: Sendable {
    let name: String
    /// The longest input in bytes.
    let longest: Int
    /// Classes of refusals that some thousand inputs must reach; otherwise the mutations are too rough.
    let reaches: Set<String>
    /// Makes one input; it depends on the numbers alone.
    let makeInput: @Sendable (inout SeededNumbers) -> [UInt8]
    /// Reads one input and judges the answer.
    let read: @Sendable (UnsafeRawBufferPointer) -> Verdict

    init(
        _ name: String, longest: Int = 65_536, reaches: Set<String> = [],
        makeInput: @escaping @Sendable (inout SeededNumbers) -> [UInt8],
        read: @escaping @Sendable (UnsafeRawBufferPointer) -> Verdict
    ) {
        self.name = name
        self.longest = longest
        self.reaches = reaches
        self.makeInput = makeInput
        self.read = read
    }

    /// The input of one number: the same on every machine, whatever was tried before.
    func input(_ number: Int) -> [UInt8] {
        var numbers = SeededNumbers(seed: UInt64(number) &* 0xD134_2543_DE82_EF95)
        return makeInput(&numbers)
    }
}
