// Whole safetensors files: one by the reference implementation, round trips, shards.
import Foundation
import Testing

@testable import Kernel

@Suite struct SafetensorsFileTests {
    @Test func readsAFileOfTheReferenceImplementation() throws {
        let file = try SafetensorsFile(path: try fixture("reference.safetensors"))
        let shapes: [String: (DType, [Int])] = [
            "f32": (.f32, [2, 3]), "bf16": (.bf16, [3, 2]), "f16": (.f16, [5]), "f64": (.f64, [2]),
            "i64": (.i64, [2]), "i32": (.i32, [3]), "i16": (.i16, [3]), "i8": (.i8, [3]),
            "u8": (.u8, [3]), "bool": (.bool, [3]), "scalar": (.f32, []), "empty": (.f32, [0, 4]),
        ]
        #expect(file.entries.count == shapes.count)
        for (name, (dtype, shape)) in shapes {
            let entry = try #require(file.entry(named: name))
            #expect(entry.dtype == dtype)
            #expect(entry.shape == shape)
            #expect(entry.elementCount == shape.reduce(1, *))
        }
        #expect(file.metadata.first { $0.key == "note" }?.value == "quote \" and é")
        // i / 4 for i in 0..<6.
        #expect(try floats(file, "f32") == [0, 0.25, 0.5, 0.75, 1, 1.25])
        #expect(try floats(file, "scalar") == [7.5])
        let wide = try #require(file.entry(named: "i64"))
        let second = file.bytes(of: wide).loadUnaligned(fromByteOffset: 8, as: Int64.self)
        #expect(second == 1 << 60 + 1)
        #expect(file.entry(named: "absent") == nil)
        #expect(file.tensorBytes == 109)
    }

    private func floats(_ source: some WeightSource, _ name: String) throws -> [Float] {
        let bytes = source.bytes(of: try #require(source.entry(named: name)))
        return (0..<bytes.count / 4).map {
            bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
        }
    }

    private func copy(_ file: SafetensorsFile, to path: String, chunk: Int = .max) throws {
        let specs = file.entries.map {
            WeightSpec(name: $0.name, dtype: $0.dtype, shape: $0.shape)
        }
        let planned = try SafetensorsWriter.fileBytes(tensors: specs, metadata: file.metadata)
        try AtomicFile.write(to: path, plannedBytes: planned) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(
                to: sink, tensors: specs, metadata: file.metadata)
            for entry in file.entries {
                var rest = file.bytes(of: entry)[...]
                while !rest.isEmpty {
                    try writer.write(
                        UnsafeRawBufferPointer(rebasing: rest.prefix(chunk)), of: entry.name)
                    rest = rest.dropFirst(chunk)
                }
            }
            writer.finish()
        }
        #expect(try contents(path).count == planned)
    }

    @Test(arguments: [1, 3, Int.max])
    func savingALoadedFileGivesTheSameBytes(chunk: Int) throws {
        let folder = try TemporaryFolder()
        let original = try SafetensorsFile(path: try fixture("reference.safetensors"))
        try copy(original, to: "\(folder.path)/one.safetensors", chunk: chunk)
        let one = try SafetensorsFile(path: "\(folder.path)/one.safetensors")
        try copy(one, to: "\(folder.path)/two.safetensors")
        #expect(
            try contents("\(folder.path)/one.safetensors")
                == contents("\(folder.path)/two.safetensors"))
        #expect(one.entries.map(\.name) == original.entries.map(\.name))
        for entry in original.entries {
            let again = try #require(one.entry(named: entry.name))
            #expect(again.shape == entry.shape)
            #expect(one.bytes(of: again).elementsEqual(original.bytes(of: entry)))
        }
        #expect(one.metadata.map(\.key) == original.metadata.map(\.key))
        // The reference reader wants eight-byte alignment of the data section.
        let length = one.files[0].bytes.loadUnaligned(as: UInt64.self)
        #expect(length % 8 == 0)
        #expect(folder.names == ["one.safetensors", "two.safetensors"])
    }

    @Test func overwritingTheMappedFileItselfKeepsTheBytes() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "a.safetensors", try contents(try fixture("reference.safetensors")))
        let file = try SafetensorsFile(path: path)
        try copy(file, to: path)
        let again = try SafetensorsFile(path: path)
        #expect(try floats(again, "f32") == [0, 0.25, 0.5, 0.75, 1, 1.25])
    }

    @Test func theWriterNamesWhatItCannotHold() throws {
        let packed = WeightSpec(name: "w", dtype: .q8_0, shape: [1, 32])
        let error = try #require(throws: KernelError.self) {
            try SafetensorsWriter.fileBytes(tensors: [packed])
        }
        #expect(error.why == "safetensors has no element type q8_0")
        let twice = WeightSpec(name: "w", dtype: .f32, shape: [1])
        #expect(throws: KernelError.self) {
            try SafetensorsWriter.fileBytes(tensors: [twice, twice])
        }
    }

    @Test func aTruncatedFileIsNamedWithAHint() throws {
        let folder = try TemporaryFolder()
        let whole = try contents(try fixture("reference.safetensors"))
        for count in stride(from: 0, to: whole.count, by: 7) {
            let path = try folder.file("cut.safetensors", Array(whole.prefix(count)))
            let error = try #require(throws: KernelError.self) { try SafetensorsFile(path: path) }
            #expect(error.hint?.description.hasPrefix("The file may be cut off") == true)
        }
    }
}
