// Thousands of broken GGUF files: none may trap, read past its end, or be accepted wrongly.
import Foundation
import Testing

@testable import Kernel

@Suite struct GGUFMutationTests {
    private static let integers: [UInt64] = [
        0, 1, 2, 3, 4, 7, 8, 9, 12, 13, 31, 32, 33, 64, 65, 255, 256, 65_535, 65_536, 100_001,
        1 << 20, 1 << 24, 1 << 26, 1 << 30, 1 << 31, 1 << 32 - 1, 1 << 32, 1 << 53, 1 << 61,
        1 << 62,
        1 << 63 - 1, 1 << 63, .max - 31, .max - 7, .max,
    ]

    /// A small valid file with one key of most kinds and three tensors.
    private func seedFile(_ numbers: inout SeededNumbers) -> GGUFRecipe {
        var recipe = GGUFRecipe(&numbers)
        recipe.tensors.removeLast()
        recipe.add("general.architecture", 8, GGUFRecipe.string("llama"))
        recipe.add("llama.attention.head_count", 4, GGUFRecipe.little(UInt32(2)))
        recipe.add("general.alignment", 4, GGUFRecipe.little(UInt32(32)))
        recipe.add(
            "tokens", 9,
            GGUFRecipe.array(8, count: 2, GGUFRecipe.string("a") + GGUFRecipe.string("b")))
        recipe.tensors.append(
            GGUFRecipe.Tensor(
                name: Array("blk.0.attn_q.weight".utf8), dimensions: [4, 8], type: 0,
                byteCount: 128))
        return recipe
    }

    private func change(_ recipe: inout GGUFRecipe, _ numbers: inout SeededNumbers) {
        let value = Self.integers[numbers.below(Self.integers.count)]
        let small = UInt32(truncatingIfNeeded: value)
        let tensor = numbers.below(recipe.tensors.count)
        let pair = numbers.below(recipe.pairs.count)
        switch numbers.below(14) {
        case 0: recipe.version = small
        case 1: recipe.tensorCount = value
        case 2: recipe.pairCount = value
        case 3: recipe.pairs[pair].keyLength = value
        case 4: recipe.pairs[pair].type = small
        case 5: recipe.pairs[pair].payload.put(little: value, at: numbers.below(13))
        case 6: recipe.tensors[tensor].nameLength = value
        case 7: recipe.tensors[tensor].rank = small
        case 8: recipe.tensors[tensor].dimensions.append(value)
        case 9:
            if let count = Optional(recipe.tensors[tensor].dimensions.count), count > 0 {
                recipe.tensors[tensor].dimensions[numbers.below(count)] = value
            }
        case 10: recipe.tensors[tensor].type = small
        case 11: recipe.tensors[tensor].offset = value
        case 12: recipe.tensors[tensor].name = recipe.tensors[0].name
        default: recipe.pairs[pair].key = Array("general.alignment".utf8)
        }
    }

    private func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var recipe = seedFile(&numbers)
        for _ in 0..<numbers.below(3) { change(&recipe, &numbers) }
        var bytes = recipe.bytes()
        for _ in 0..<numbers.below(4) {
            // Most fields are in the first kilobyte; the data are of no interest.
            let place = numbers.below(min(bytes.count, 1_000))
            let value = Self.integers[numbers.below(Self.integers.count)]
            switch numbers.below(6) {
            case 0: bytes[place] ^= 1 << UInt8(numbers.below(8))
            case 1: bytes.put(little: value, at: place)
            case 2: bytes.put(little: UInt32(truncatingIfNeeded: value), at: place)
            case 3: bytes.removeSubrange(place..<min(place + 1 + numbers.below(8), bytes.count))
            case 4: bytes.insert(UInt8(truncatingIfNeeded: value), at: place)
            default: bytes.removeLast(min(bytes.count - 1, numbers.below(200)))
            }
        }
        return bytes
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func mutationsAreRefusedOrReadWithinBounds(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let memory = try GuardedBytes(capacity: 1 << 20)
        var faults: Set<FormatFault> = []
        var accepted = 0
        let elapsed = seconds {
            for _ in 0..<6_000 {
                let view = memory.hold(mutant(&numbers))
                switch outcome({ () throws(FormatFailure) in try GGUFHeader(parsing: view) }) {
                case .failure(let failure):
                    faults.insert(failure.fault)
                    if failure.offset < 0 || failure.offset > view.count {
                        Issue.record("offset \(failure.offset) of \(view.count)")
                    }
                case .success(let header):
                    accepted += 1
                    checkPlaces(header, in: view)
                }
            }
        }
        #expect(accepted > 300, "the mutations are too rough to reach the later checks")
        let wanted: Set<FormatFault> = [
            .badMagic, .wrongEndianness, .unsupportedVersion, .badCount, .badKey, .badString,
            .badValueType, .badArray, .badAlignment, .badName, .duplicateName, .duplicateKey,
            .badDimensionCount, .badShape, .sizeOverflow, .badOffset, .notEnoughData,
            .unsupportedType,
        ]
        #expect(faults.isSuperset(of: wanted), "not seen: \(wanted.subtracting(faults))")
        #expect(elapsed < 60, "\(elapsed) s")
    }

    private func checkPlaces(_ header: GGUFHeader, in file: UnsafeRawBufferPointer) {
        var end = 0
        for tensor in header.tensors {
            let elements = tensor.shape.reduce(1, *)
            let isSound =
                tensor.byteRange.lowerBound >= end && tensor.byteRange.upperBound <= file.count
                && tensor.dtype?.byteCount(of: elements) == tensor.byteRange.count
                && tensor.byteRange.lowerBound % header.alignment == 0
            if !isSound { Issue.record("\(tensor) accepted in \(file.count) bytes") }
            end = tensor.byteRange.upperBound
        }
    }
}
