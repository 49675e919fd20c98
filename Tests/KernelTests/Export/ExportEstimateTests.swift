// The sizes that are told before an export are those of the files that it writes.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct ExportEstimateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: ["llama", "llama3-rope", "qwen2-tied", "gguf/llama3-rope-F16.gguf"])
    func mergedSizesAreExact(_ name: String) throws {
        let base = try ExportSupport.family(name)
        let model = try ExportSupport.adapted(base)
        let estimate = try ExportEstimate(
            base: Fixture.path("families/" + name), settings: ExportSupport.settings(.f32))
        for dtype in [DType.f32, .bf16, .f16] {
            let result = try SafetensorsExport.write(
                model, base: base, settings: ExportSupport.settings(dtype),
                to: "\(folder.path)/\(dtype.rawValue)")
            #expect(try estimate.safetensorsBytes(dtype) == result.totalBytes, "\(dtype)")
        }
        for dtype in [DType.f16, .q8_0] {
            let result = try GGUFExport.write(
                model, base: base, settings: ExportSupport.settings(dtype),
                to: "\(folder.path)/gguf-\(dtype.rawValue)")
            #expect(try estimate.ggufBytes(dtype) == result.totalBytes, "\(dtype)")
        }
    }

    @Test func adapterSizesAreNotBelowWhatIsWritten() throws {
        let base = try ExportSupport.family("llama")
        let result = try AdapterExport.write(
            ExportSupport.adapted(base), base: base,
            settings: ExportSupport.settings(.f32), to: "\(folder.path)/adapter")
        let estimate = try ExportEstimate(
            base: Fixture.path("families/llama"), settings: ExportSupport.settings(.f32))
        let told = try estimate.adapterBytes(result.folder)
        #expect(told >= result.totalBytes && told < result.totalBytes + 1 << 17)
    }

    @Test func freeSpaceIsThatOfTheNearestFolder() throws {
        let free = try #require(ExportEstimate.freeBytes(at: folder.path))
        let below = try #require(ExportEstimate.freeBytes(at: "\(folder.path)/not/yet/there"))
        #expect(abs(free - below) < 1 << 30 && free > 0)
        #expect(ExportEstimate.freeBytes(at: "") != nil)
        #expect(ExportEstimate.freeBytes(at: "new-folder") != nil)
    }
}
