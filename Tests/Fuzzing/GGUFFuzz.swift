// Broken GGUF files: none may trap, read past its end, or be accepted wrongly.
@testable import Kernel

extension FuzzReader {
    /// Header, metadata and directory of a GGUF file: up to two parts are made wrong, then up to three
    /// places of its bytes.
    static let gguf = FuzzReader(
        "gguf", longest: 1 << 20,
        reaches: [
            "badMagic", "wrongEndianness", "unsupportedVersion", "badCount", "badKey", "badString",
            "badValueType", "badArray", "badAlignment", "badName", "duplicateName", "duplicateKey",
            "badDimensionCount", "badShape", "sizeOverflow", "badOffset", "notEnoughData",
            "unsupportedType",
        ]
    ) { numbers in
        GGUFMutation.mutant(&numbers)
    } read: { file in
        do throws(FormatFailure) {
            let header = try GGUFHeader(parsing: file)
            return GGUFMutation.fault(header, in: file).map { .wrong($0) } ?? .accepted
        } catch {
            return error.verdict(of: file)
        }
    }
}

private enum GGUFMutation {
    static let integers: [UInt64] = [
        0, 1, 2, 3, 4, 7, 8, 9, 12, 13, 31, 32, 33, 64, 65, 255, 256, 65_535, 65_536, 100_001,
        1 << 20, 1 << 24, 1 << 26, 1 << 30, 1 << 31, 1 << 32 - 1, 1 << 32, 1 << 53, 1 << 61,
        1 << 62, 1 << 63 - 1, 1 << 63, .max - 31, .max - 7, .max,
    ]

    /// Small valid files with one key of most kinds and three tensors or more.
    static let seeds: [GGUFRecipe] = (0..<256 as Range<UInt64>).map { seed in
        var numbers = SeededNumbers(seed: seed)
        var recipe = GGUFRecipe(&numbers, largest: 4)
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

    private static func change(_ recipe: inout GGUFRecipe, _ numbers: inout SeededNumbers) {
        let value = numbers.pick(integers)
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
            let count = recipe.tensors[tensor].dimensions.count
            if count > 0 { recipe.tensors[tensor].dimensions[numbers.below(count)] = value }
        case 10: recipe.tensors[tensor].type = small
        case 11: recipe.tensors[tensor].offset = value
        case 12: recipe.tensors[tensor].name = recipe.tensors[0].name
        default: recipe.pairs[pair].key = Array("general.alignment".utf8)
        }
    }

    static func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var recipe = numbers.pick(seeds)
        for _ in 0..<numbers.below(3) { change(&recipe, &numbers) }
        var bytes = recipe.bytes()
        for _ in 0..<numbers.below(4) {
            // Most fields are in the first kilobyte; the data are of no interest.
            let place = numbers.below(min(bytes.count, 1_000))
            let value = numbers.pick(integers)
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

    /// The tensors lie in the order of the file at aligned places, each of its size; every value of the
    /// metadata can be looked at.
    static func fault(_ header: GGUFHeader, in file: UnsafeRawBufferPointer) -> String? {
        var end = 0
        for tensor in header.tensors {
            let elements = tensor.shape.reduce(1, *)
            let isSound =
                tensor.byteRange.lowerBound >= end && tensor.byteRange.upperBound <= file.count
                && tensor.dtype?.byteCount(of: elements) == tensor.byteRange.count
                && tensor.byteRange.lowerBound % header.alignment == 0
            if !isSound { return "\(tensor) accepted in \(file.count) bytes" }
            end = tensor.byteRange.upperBound
        }
        return nil
    }
}
