// Mapping: contents, empty files, what is refused, and that a change is noticed.
import Foundation
@testable import Kernel
import Testing

@Suite struct MappedFileTests {
    @Test func showsTheBytesOfTheFile() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<10_000).map { UInt8($0 % 251) }
        let file = try MappedFile(path: try folder.file("a", bytes))
        #expect(file.bytes.elementsEqual(bytes))
        try file.checkUnchanged()
    }

    @Test func mapsAnEmptyFileAsNoBytes() throws {
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: try folder.file("empty", ""))
        #expect(file.bytes.count == 0)
        try file.checkUnchanged()
    }

    @Test func namesTheMissingPath() throws {
        let error = try #require(throws: KernelError.self) {
            try MappedFile(path: "/nowhere/model.safetensors")
        }
        #expect(error.kind == .missingInput)
        #expect(error.place == "/nowhere/model.safetensors")
    }

    @Test func refusesWhatIsNoRegularFile() throws {
        let folder = try TemporaryFolder()
        let pipe = "\(folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        for path in [folder.path, pipe, "/dev/null"] {
            let error = try #require(throws: KernelError.self) { try MappedFile(path: path) }
            #expect(error.kind == .badData)
            #expect(error.why == "it is not a regular file")
        }
    }

    @Test func noticesThatTheFileWasCutShort() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a", [UInt8](repeating: 1, count: 5_000))
        let file = try MappedFile(path: path)
        try #require(truncate(path, 4_999) == 0)
        let error = try #require(throws: KernelError.self) { try file.checkUnchanged() }
        #expect(error.what == "the file changed while it was in use")
    }

    @Test func readsZerosWhereTheFileWasCutOff() throws {
        let folder = try TemporaryFolder()
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let path = try folder.file("a", [UInt8](repeating: 7, count: 4 * page))
        let file = try MappedFile(path: path)
        let other = try MappedFile(path: try folder.file("b", [UInt8](repeating: 5, count: page)))
        try #require(truncate(path, off_t(page)) == 0)
        // Without a guard this read would end the process with SIGBUS.
        #expect(file.bytes[3 * page] == 0)
        #expect(file.bytes[0] == 7 && other.bytes[0] == 5)
        let error = try #require(throws: KernelError.self) { try file.checkUnchanged() }
        #expect(error.kind == .inputOutput && error.place == path)
        #expect(error.what == "the file became unreadable while it was in use")
        try other.checkUnchanged()
    }

    @Test func keepsItsBytesWhenTheNameIsReplaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a", [1, 2, 3])
        let file = try MappedFile(path: path)
        try AtomicFile.write([9, 9, 9, 9], to: path)
        #expect(Array(file.bytes) == [1, 2, 3])
        #expect(try contents(path) == [9, 9, 9, 9])
    }

    /// A model may have a thousand shards, and a process a thousand descriptors.
    @Test func keepsNoDescriptor() throws {
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: try folder.file("a", [1, 2, 3]))
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!open.contains { $0.hasSuffix(folder.path + "/a") })
        #expect(Array(file.bytes) == [1, 2, 3])
        // Another file under the name, or none, is no change of the one that is mapped.
        try AtomicFile.write([9, 9, 9, 9], to: file.path)
        try file.checkUnchanged()
        try FileManager.default.removeItem(atPath: file.path)
        try file.checkUnchanged()
        #expect(Array(file.bytes) == [1, 2, 3])
    }

    @Test(arguments: [2 << 20, (5 << 20) + 77])
    func movesIntoMemoryAtTheSameAddresses(count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let path = try folder.file("a", bytes)
        let file = try MappedFile(path: path)
        let start = file.bytes.baseAddress
        file.preload()
        #expect(file.isInMemory)
        #expect(file.bytes.baseAddress == start && file.bytes.elementsEqual(bytes))
        // Nothing of it is lost by letting go, nor with the file.
        file.letGo(of: 0..<count)
        try #require(truncate(path, 0) == 0)
        #expect(file.bytes.elementsEqual(bytes))
        #expect(throws: KernelError.self) { try file.checkUnchanged() }
    }

    @Test func staysMappedWhereItCannotMove() throws {
        let folder = try TemporaryFolder()
        let small = try MappedFile(path: try folder.file("small", "few bytes"))
        small.preload()
        #expect(!small.isInMemory && small.bytes.count == 9)
        let path = try folder.file("a", [UInt8](repeating: 7, count: 4 << 20))
        let file = try MappedFile(path: path)
        try #require(truncate(path, 4096) == 0)
        file.preload()
        #expect(!file.isInMemory)
        #expect(file.bytes[0] == 7 && file.bytes[3 << 20] == 0)
    }
}
