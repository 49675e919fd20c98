// The arena under random use: blocks never overlap, everything returned is one free range again,
// and training asks for no more memory after its first steps.

import Testing

@testable import Fuzzing
@testable import Kernel
import TestSupport

@Suite struct ArenaTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func blocksNeverOverlap(_ seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let capacity = 1 << 24
        let arena = Arena(reserving: capacity)
        var held: [(range: Range<Int>, mark: UInt8, pointer: UnsafeMutableRawPointer, bytes: Int)] =
            []
        var inUse = 0
        for turn in 0..<3000 {
            if held.isEmpty || (held.count < 60 && random.below(2) == 0) {
                let bytes = random.below(4) == 0 ? random.below(200_000) : random.below(9_000)
                let (pointer, range) = arena.allocate(bytes)
                #expect(
                    range.count >= bytes && range.lowerBound % 4096 == 0
                        && range.upperBound <= capacity)
                let overlapping = held.first { $0.range.overlaps(range) }
                try #require(
                    overlapping == nil, "\(range) over \(String(describing: overlapping?.range))")
                let mark = UInt8(turn % 251)
                pointer.initializeMemory(as: UInt8.self, repeating: mark, count: bytes)
                held.append((range, mark, pointer, bytes))
                inUse += range.count
            } else {
                let block = held.remove(at: random.below(held.count))
                let bytes = UnsafeRawBufferPointer(start: block.pointer, count: block.bytes)
                try #require(
                    bytes.allSatisfy { $0 == block.mark },
                    "block \(block.range) was written by another")
                arena.release(block.range)
                inUse -= block.range.count
            }
            #expect(arena.bytesInUse == inUse)
            #expect(arena.peakBytesInUse >= inUse && arena.extent <= capacity)
        }
        for block in held { arena.release(block.range) }
        #expect(arena.bytesInUse == 0)
        // Only if all ranges were joined again is there room for one block of everything.
        let (_, whole) = arena.allocate(capacity)
        #expect(whole == 0..<capacity)
        arena.release(whole)
        #expect(arena.allocate(1).range == 0..<4096)
    }

    @Test func neighboursJoinInEveryOrder() {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        for order in orders {
            let arena = Arena(reserving: 1 << 20)
            let blocks = (0..<3).map { _ in arena.allocate(10_000).range }
            #expect(blocks[1].lowerBound == blocks[0].upperBound)
            for index in order { arena.release(blocks[index]) }
            #expect(arena.allocate(1 << 20).range == 0..<1 << 20)
        }
    }

    @Test func whatStaysAndWhatPassesLieAtTwoEnds() {
        let capacity = 1 << 20
        let arena = Arena(reserving: capacity)
        let own = arena.allocate(1).range
        #expect(own == 0..<4096)
        let kept = arena.during(.forward) {
            let passing = arena.allocate(8192).range
            #expect(passing == capacity - 8192..<capacity)
            let kept = arena.allocate(4096, isKept: true).range
            arena.release(passing)
            return kept
        }
        #expect(kept == 4096..<8192)
        // A phase inside of another is the outer one.
        let passing = arena.during(.backward) {
            arena.during(.forward) { arena.allocate(4096, isKept: true).range }
        }
        #expect(passing.upperBound == capacity)
        #expect(arena.allocate(1).range.lowerBound == 8192)
        #expect(arena.extent == 3 * 4096 + 8192)
        #expect(arena.bytesInUse == 4 * 4096)
    }

    @Test func tensorsGiveTheirMemoryBack() {
        let arena = Arena(reserving: 1 << 20)
        do {
            let tensor = Tensor(3, 1000, in: arena)
            let view = tensor.rows(1..<2)
            #expect(arena.bytesInUse == 12_288 && view.columns == 1000)
        }
        #expect(arena.bytesInUse == 0)
        let empty = Tensor(0, 5, in: arena)
        #expect(empty.values.isEmpty)
    }

    @Test(arguments: [false, true]) func trainingStaysWithinItsFirstSteps(recomputes: Bool) throws {
        let model = TinyModel.adapted(try TinyModel.weights(), dropout: 0.1)
        let arena = model.decoder.arena
        let optimizer = AdamW(model.parameters)
        let same = Array(try TinyModel.rows().prefix(4))
        let run = ParityRun(
            model, optimizer, .constant(1e-3), clip: 1,
            rows: Array(repeating: same, count: 20).flatMap { $0 })
        run.adjust = { pass, step, micro in
            pass.recomputes = recomputes
            pass.dropoutSeed = UInt64(step * 2 + micro)
        }
        _ = run.step(0)
        let (held, extent) = (arena.bytesInUse, arena.extent)
        for step in 1..<20 {
            _ = run.step(step)
            #expect(arena.bytesInUse == held, "step \(step)")
            #expect(arena.extent == extent, "step \(step)")
        }
    }
}
