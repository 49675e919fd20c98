// Malformed GGUF files, each by name with the class of its refusal. The first list carries the names
// of llama.cpp's own test, the second those of published vulnerabilities and our own limits.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

/// One way to build a file, and what must be said about it; nil means it is valid.
struct GGUFCase: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: FormatFault?
    let change: @Sendable (inout GGUFRecipe) -> Void

    init(
        _ name: String, _ fault: FormatFault?,
        _ change: @escaping @Sendable (inout GGUFRecipe) -> Void
    ) {
        self.name = name
        self.fault = fault
        self.change = change
    }

    var testDescription: String { name }

    static let ofReference: [GGUFCase] = [
        GGUFCase("HEADER_BAD_MAGIC", .badMagic) { $0.magic = Array("FUGU".utf8) },
        GGUFCase("HEADER_BAD_VERSION_0", .unsupportedVersion) { $0.version = 0 },
        GGUFCase("HEADER_BAD_VERSION_1", .unsupportedVersion) { $0.version = 1 },
        GGUFCase("HEADER_BAD_VERSION_FUTURE", .unsupportedVersion) { $0.version = 4 },
        GGUFCase("HEADER_BAD_N_TENSORS", .badCount) { $0.tensorCount = .max },
        GGUFCase("HEADER_BAD_N_KV", .badCount) { $0.pairCount = .max },
        GGUFCase("HEADER_EMPTY", nil) {
            $0.pairs = []
            $0.tensors = []
        },
        GGUFCase("KV_BAD_KEY_SIZE", .badKey) { $0.pairs[0].keyLength = .max },
        GGUFCase("KV_EMPTY_KEY", .badKey) { $0.pairs[1].key = [] },
        GGUFCase("KV_BAD_TYPE", .badValueType) { $0.pairs[0].type = 13 },
        GGUFCase("KV_DUPLICATE_KEY", .duplicateKey) { $0.pairs[2].key = $0.pairs[0].key },
        GGUFCase("KV_BAD_ALIGN", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(13)))
        },
        GGUFCase("KV_WRONG_TYPE_ALIGN", .badAlignment) {
            $0.add("general.alignment", 6, GGUFRecipe.little(Float(32).bitPattern))
        },
        GGUFCase("KV_SUCCESS", nil) { $0.tensors = [] },
        GGUFCase("TENSORS_BAD_NAME_SIZE", .badName) { $0.tensors[0].nameLength = .max },
        GGUFCase("TENSORS_BAD_N_DIMS", .badDimensionCount) { $0.tensors[0].rank = 5 },
        GGUFCase("TENSORS_BAD_SHAPE", .badShape) { $0.tensors[0].dimensions[0] = UInt64.max },
        GGUFCase("TENSORS_ZERO_DIM", .badShape) { $0.tensors[0].dimensions[0] = 0 },
        GGUFCase("TENSORS_NE_TOO_BIG", .sizeOverflow) {
            $0.tensors[0].dimensions = [1 << 31, 1 << 31, 1 << 31]
        },
        GGUFCase("TENSORS_NBYTES_TOO_BIG", .sizeOverflow) {
            // 2^62 elements still count in an Int, their bytes do not.
            $0.tensors[0].dimensions = [1 << 31, 1 << 31]
            $0.tensors[0].type = 0
        },
        GGUFCase("TENSORS_BAD_TYPE", .unsupportedType) { $0.tensors[0].type = 1_000 },
        GGUFCase("TENSORS_BAD_OFFSET", .badOffset) { $0.tensors[1].offset = 1 },
        GGUFCase("TENSORS_DUPLICATE_NAME", .duplicateName) {
            $0.tensors[2].name = $0.tensors[0].name
        },
        GGUFCase("TENSORS_BAD_ALIGN", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(0)))
        },
        GGUFCase("TENSORS_INCONSISTENT_ALIGN", .badOffset) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(4_096)))
        },
        GGUFCase("TENSORS_SUCCESS", nil) { $0.pairs = [] },
        GGUFCase("TENSORS_CUSTOM_ALIGN", nil) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(64)))
            $0.alignment = 64
        },
        GGUFCase("DATA_NOT_ENOUGH_DATA", .notEnoughData) { $0.missingDataBytes = 8_300 },
        GGUFCase("DATA_BAD_ALIGN", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(13)))
            $0.alignment = 13
        },
        GGUFCase("DATA_MEM_SIZE_OVERFLOW", .sizeOverflow) {
            $0.tensors[0].dimensions = [1 << 30, 1 << 30, 2, 1]
            $0.tensors[0].type = 0
        },
        GGUFCase("DATA_INCONSISTENT_ALIGN", .badOffset) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(8)))
            $0.tensors[0] = GGUFRecipe.Tensor(name: [65], dimensions: [3], type: 0, byteCount: 12)
        },
        GGUFCase("DATA_SUCCESS", nil) { _ in },
        GGUFCase("DATA_CUSTOM_ALIGN", nil) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(65_536)))
            $0.alignment = 65_536
        },
    ]

    static let ofOurOwn: [GGUFCase] = headers + metadata + directory

    private static let headers: [GGUFCase] = [
        GGUFCase("big-endian magic", .wrongEndianness) { $0.magic = Array("FUGG".utf8) },
        GGUFCase("byte-swapped version 3", .wrongEndianness) { $0.version = 0x0300_0000 },
        GGUFCase("byte-swapped version 2", .wrongEndianness) { $0.version = 0x0200_0000 },
        GGUFCase("version 2 is read", nil) { $0.version = 2 },
        GGUFCase("version 2^32 - 1", .unsupportedVersion) { $0.version = .max },
        GGUFCase("tensor count above the limit", .badCount) { $0.tensorCount = 1_000_001 },
        GGUFCase("tensor count 2^63", .badCount) { $0.tensorCount = 1 << 63 },
        GGUFCase("tensor count above what the file can hold", .badCount) {
            $0.tensorCount = 900_000
        },
        GGUFCase("key count above the limit", .badCount) { $0.pairCount = 100_001 },
        GGUFCase("key count whose product with the size of a pair wraps", .badCount) {
            $0.pairCount = .max / 13 + 2
        },
        GGUFCase("key count above what the file can hold", .badCount) { $0.pairCount = 99_999 },
    ]

    private static let metadata: [GGUFCase] = [
        GGUFCase("key of 65,536 bytes", .badKey) {
            $0.pairs[0].key = [UInt8](repeating: 65, count: 65_536)
        },
        GGUFCase("key of 65,535 bytes", nil) {
            $0.pairs[0].key = [UInt8](repeating: 65, count: 65_535)
        },
        GGUFCase("key that is not UTF-8", .badKey) { $0.pairs[0].key = [0x61, 0xFF] },
        GGUFCase("string of 2^64 - 1 bytes", .badString) {
            $0.add("s", 8, GGUFRecipe.little(UInt64.max))
        },
        GGUFCase("string whose end wraps", .badString) {
            $0.add("s", 8, GGUFRecipe.little(UInt64(Int.max)))
        },
        GGUFCase("string above 16 MiB", .badString) {
            $0.add("s", 8, GGUFRecipe.little(UInt64(16 << 20 + 1)))
        },
        GGUFCase("string that is not UTF-8", .badString) {
            $0.add("s", 8, GGUFRecipe.little(UInt64(2)) + [0xC3, 0x28])
        },
        GGUFCase("bool of value 2", .badValueType) { $0.add("b", 7, [2]) },
        GGUFCase("array of arrays", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(9, count: 1, GGUFRecipe.array(0, count: 1, [1])))
        },
        GGUFCase("array of an unknown type", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(13, count: 0, []))
        },
        GGUFCase("array of 2^64 - 1 bytes", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(0, count: .max, []))
        },
        GGUFCase("array whose size in bytes wraps to zero", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(10, count: 1 << 61, []))
        },
        GGUFCase("array above 64 Mi elements", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(0, count: 64 << 20 + 1, []))
        },
        GGUFCase("array longer than the file", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(4, count: 60 << 20, []))
        },
        GGUFCase("strings more than the file can hold", .badArray) {
            $0.add("a", 9, GGUFRecipe.array(8, count: 50_000, []))
        },
        GGUFCase("string in an array that wraps", .badString) {
            $0.add("a", 9, GGUFRecipe.array(8, count: 1, GGUFRecipe.little(UInt64.max - 7)))
        },
        GGUFCase("array whose bools are 2", .badValueType) {
            $0.add("a", 9, GGUFRecipe.array(7, count: 2, [1, 2]))
        },
        GGUFCase("alignment twice", .duplicateKey) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(32)))
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(32)))
        },
        GGUFCase("alignment as u64", .badAlignment) {
            $0.add("general.alignment", 10, GGUFRecipe.little(UInt64(32)))
        },
        GGUFCase("alignment as a string", .badAlignment) {
            $0.add("general.alignment", 8, GGUFRecipe.string("32"))
        },
        GGUFCase("alignment 0", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(0)))
        },
        GGUFCase("alignment 4", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(4)))
        },
        GGUFCase("alignment 2^31", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(1) << 31))
        },
        GGUFCase("alignment 2^17", .badAlignment) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(1) << 17))
        },
        GGUFCase("alignment 8", nil) {
            $0.add("general.alignment", 4, GGUFRecipe.little(UInt32(8)))
            $0.alignment = 8
        },
    ]

    private static let directory: [GGUFCase] = [
        GGUFCase("name of 65 bytes", .badName) {
            $0.tensors[0].name = [UInt8](repeating: 65, count: 65)
        },
        GGUFCase("name of 64 bytes", nil) {
            $0.tensors[0].name = [UInt8](repeating: 65, count: 64)
        },
        GGUFCase("name without a letter", nil) { $0.tensors[0].name = [] },
        GGUFCase("name that is not UTF-8", .badName) { $0.tensors[0].name = [0x80] },
        GGUFCase("name with control characters", nil) { $0.tensors[0].name = [0, 0x1B, 0x5B] },
        GGUFCase("2^32 - 1 dimensions", .badDimensionCount) { $0.tensors[0].rank = .max },
        GGUFCase("no dimensions is a scalar", nil) {
            $0.tensors[0] = GGUFRecipe.Tensor(name: [66], dimensions: [], type: 0, byteCount: 4)
        },
        GGUFCase("scalar of a block type", .badShape) {
            $0.tensors[0] = GGUFRecipe.Tensor(name: [66], dimensions: [], type: 8, byteCount: 34)
        },
        GGUFCase("2^32 times 2^32 wraps to zero elements", .sizeOverflow) {
            $0.tensors[0].dimensions = [1 << 32, 1 << 32]
        },
        GGUFCase("a zero behind an overflow", .badShape) {
            $0.tensors[0].dimensions = [1 << 32, 1 << 32, 0]
        },
        GGUFCase("dimension 2^63", .badShape) { $0.tensors[0].dimensions = [1 << 63] },
        GGUFCase("rows that split a block", .badShape) {
            $0.tensors[0].dimensions = [33]
            $0.tensors[0].type = 8
        },
        GGUFCase("rows that split a block of 256", .badShape) {
            $0.tensors[0].dimensions = [32, 8]
            $0.tensors[0].type = 12
        },
        GGUFCase("type Q2_K", .unsupportedType) { $0.tensors[0].type = 10 },
        GGUFCase("type IQ4_NL", .unsupportedType) { $0.tensors[0].type = 20 },
        GGUFCase("type of a removed format", .unsupportedType) { $0.tensors[0].type = 4 },
        GGUFCase("type 2^32 - 1", .unsupportedType) { $0.tensors[0].type = .max },
        GGUFCase("offset 2^64 - 1", .badOffset) { $0.tensors[1].offset = .max },
        GGUFCase("offset 2^63", .badOffset) { $0.tensors[1].offset = 1 << 63 },
        GGUFCase("second tensor over the first", .badOffset) { $0.tensors[1].offset = 0 },
        GGUFCase("hole before the first tensor", .badOffset) { $0.tensors[0].offset = 32 },
        GGUFCase("exabytes of logical data", .notEnoughData) {
            $0.tensors[0].dimensions = [1 << 30, 1 << 28]
            $0.tensors[0].type = 0
        },
        GGUFCase("data cut in the last tensor", .notEnoughData) { $0.missingDataBytes = 8_400 },
        GGUFCase("padding of the last tensor cut", nil) {
            // 8,400 bytes are padded to 8,416.
            $0.missingDataBytes = 16
        },
    ]
}

@Suite struct GGUFHeaderTests {
    /// FUZZ=1, as in `make fuzz`, tries a thousand surroundings.
    private static let seeds: UInt64 =
        ProcessInfo.processInfo.environment["FUZZ"]?.isEmpty == false ? 1_000 : 25

    @Test func thereAreAsManyNamedCasesAsPromised() {
        #expect(GGUFCase.ofReference.count >= 33)
        #expect(GGUFCase.ofOurOwn.count >= 60)
    }

    /// Random valid surroundings for every case, with and without bytes behind the end.
    @Test(arguments: GGUFCase.ofReference + GGUFCase.ofOurOwn)
    func everyNamedCaseGetsItsClass(named testCase: GGUFCase) throws {
        let memory = try GuardedBytes(capacity: 1 << 20)
        for seed: UInt64 in 0..<Self.seeds {
            for extra in [0, 1, 31, 4_096] {
                var numbers = SeededNumbers(seed: seed)
                var recipe = GGUFRecipe(&numbers)
                recipe.extraBytes = extra
                testCase.change(&recipe)
                let view = memory.hold(recipe.bytes())
                let result = outcome { () throws(FormatFailure) in try GGUFHeader(parsing: view) }
                guard result.fault == testCase.fault else {
                    Issue.record(
                        "seed \(seed), \(extra) extra: \(result), not \(String(describing: testCase.fault))"
                    )
                    return
                }
            }
        }
    }

    @Test(arguments: 0...3 as ClosedRange<UInt64>)
    func everyTruncationIsRefused(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        var recipe = GGUFRecipe(&numbers)
        recipe.tensors.removeLast()
        let whole = recipe.bytes()
        let memory = try GuardedBytes(capacity: whole.count)
        let unpadded = recipe.tensors[recipe.tensors.count - 1].byteCount
        let shortest = whole.count - (unpadded + 31) / 32 * 32 + unpadded
        for count in 0..<whole.count {
            let view = memory.hold(Array(whole.prefix(count)))
            let result = outcome { () throws(FormatFailure) in try GGUFHeader(parsing: view) }
            if (result.fault == nil) != (count >= shortest) {
                Issue.record("\(count) of \(whole.count) bytes: \(result)")
            }
        }
    }

    @Test func aHundredThousandKeysTakeLinearTime() throws {
        var numbers = SeededNumbers(seed: 1)
        var recipe = GGUFRecipe(&numbers)
        recipe.pairs = (0..<100_000).map {
            GGUFRecipe.Pair(key: Array("key.\($0)".utf8), type: 0, payload: [1])
        }
        let bytes = recipe.bytes()
        let elapsed = try processorSeconds {
            let header = try bytes.withUnsafeBytes { try GGUFHeader(parsing: $0) }
            #expect(header.metadata.pairs.count == 100_000)
        }
        #expect(elapsed < 2, "\(elapsed) s")
    }

    @Test func theErrorNamesTheTypeAndTheTensor() throws {
        var numbers = SeededNumbers(seed: 2)
        var recipe = GGUFRecipe(&numbers)
        recipe.tensors[1].type = 10
        let folder = try TemporaryFolder()
        let path = try folder.file("a.gguf", recipe.bytes())
        let error = try #require(throws: KernelError.self) { try GGUFFile(path: path) }
        #expect(error.why?.description.hasPrefix("the tensor type Q2_K is not supported") == true)
        #expect(error.place?.contains("tensor \"tensor.1\"") == true)
    }
}
