// What the format tests share: seeded numbers, temporary folders, bytes that end at an unreadable page.
import Foundation
import Testing

@testable import Kernel

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

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

/// A folder that is removed with the object.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/formats-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

/// Memory whose last byte is followed by an unreadable page: reading past the end kills the test.
final class GuardedBytes {
    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    init(capacity: Int) throws {
        self.capacity = (capacity + page - 1) / page * page
        let memory = mmap(
            nil, self.capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        start = try #require(memory)
        try #require(start != MAP_FAILED)
        try #require(mprotect(start + self.capacity, page, PROT_NONE) == 0)
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

/// The bytes of a file in Fixtures/Formats.
func fixture(_ name: String) throws -> String {
    let path = Bundle.module.resourcePath ?? ""
    return "\(path)/Fixtures/Formats/\(name)"
}

func contents(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// A safetensors file of this header text and data; the length field is right.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    safetensors(Array(header.utf8), data: data)
}

func safetensors(_ header: [UInt8], data: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(little: UInt64(header.count))
    return bytes + header + [UInt8](repeating: 7, count: data)
}

/// The result of reading a header: the number of tensors, or the class of the refusal.
func outcome<Header>(
    _ parse: () throws(FormatFailure) -> Header
) -> Result<Header, FormatFailure> {
    Result { () throws(FormatFailure) in try parse() }
}

extension Result where Failure == FormatFailure {
    var fault: FormatFault? {
        guard case .failure(let failure) = self else { return nil }
        return failure.fault
    }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let elapsed = try ContinuousClock().measure(body)
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
}
