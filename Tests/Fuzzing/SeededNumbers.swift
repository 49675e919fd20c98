// The numbers that mutations are drawn from, and bytes that end at an unreadable page.
// They know no format.
import Foundation

/// SplitMix64: the same numbers on every machine for one seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 to `count` - 1.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// One of some values, which must not be empty.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

/// Memory whose last byte is followed by an unreadable page: reading past the end kills the process.
final class GuardedBytes {
    private let start: UnsafeMutableRawPointer
    let capacity: Int
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Throws where the system gives no memory.
    init(capacity: Int) throws {
        self.capacity = (capacity + page - 1) / page * page
        let memory = mmap(
            nil, self.capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED,
            mprotect(memory + self.capacity, page, PROT_NONE) == 0
        else { throw CocoaError(.fileReadUnknown) }
        start = memory
    }

    deinit {
        munmap(start, capacity + page)
    }

    /// Copies `bytes` so that they end where the unreadable page begins.
    func hold(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        precondition(bytes.count <= capacity, "\(bytes.count) bytes do not fit \(capacity)")
        let place = start + (capacity - bytes.count)
        UnsafeMutableRawBufferPointer(start: place, count: bytes.count).copyBytes(from: bytes)
        return UnsafeRawBufferPointer(start: place, count: bytes.count)
    }
}

extension [UInt8] {
    /// Appends the bytes of an integer, the lowest first.
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Overwrites bytes from `offset` on, as far as there are any.
    mutating func put(little value: some FixedWidthInteger, at offset: Int) {
        Swift.withUnsafeBytes(of: value.littleEndian) { units in
            for (index, unit) in units.enumerated() where offset + index < count {
                self[offset + index] = unit
            }
        }
    }
}
