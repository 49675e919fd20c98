// What an optimizer keeps in a checkpoint: read back to the bit, and what is missing is named.

import Testing

@testable import Kernel
import TestSupport

@Suite struct OptimizerStateTests {
    private let arena = Arena(reserving: 1 << 26)

    private func store() -> ParameterStore {
        var half = ParameterSpec(name: "half", shape: [5, 7])
        half.dtype = .bfloat16
        let store = ParameterStore(
            [half, ParameterSpec(name: "norm", shape: [3], group: .vectors)], in: arena)
        store.gradients.fill(0.5)
        return store
    }

    private func settings(_ kind: OptimizerKind) -> OptimizerSettings {
        var settings = OptimizerSettings()
        settings.kind = kind
        if kind.reads.contains(.momentum) { settings.momentum = 0.9 }
        return settings
    }

    @Test(arguments: OptimizerKind.allCases) func theStateComesBack(_ kind: OptimizerKind) throws {
        let folder = try TemporaryFolder()
        let (path, other) = ("\(folder.path)/state.safetensors", "\(folder.path)/again.safetensors")
        let store = store()
        let optimizer = kind.make(settings(kind), store, 1)
        optimizer.step(store, rate: 1e-2, gradientScale: 1)
        try TensorFile.write(optimizer.stateItems, to: path)
        let file = try SafetensorsFile(path: path)
        // One flat tensor for each type of a buffer, but where a matrix is kept by its rows and columns.
        #expect(!optimizer.stateItems.isEmpty)
        for entry in file.entries where !entry.name.contains("half") {
            #expect(entry.dtype == (entry.name.hasSuffix(".bf16") ? .bf16 : .f32), "\(entry.name)")
            #expect(entry.shape == [entry.dtype == .bf16 ? 35 : 3])
        }
        let numbers = file.entries.reduce(0) {
            $0 + ($1.shape.first ?? 0) * ($1.dtype == .bf16 ? 2 : 4)
        }
        let specs = store.parameters.map { parameter in
            var spec = ParameterSpec(name: parameter.name, shape: parameter.shape)
            spec.dtype = parameter.name == "half" ? .bfloat16 : .float32
            return spec
        }
        #expect(kind.stateBytes(settings(kind), specs) == numbers)
        let fresh = kind.make(settings(kind), store, 1)
        try Checkpoint.loadState(of: fresh, from: path)
        try TensorFile.write(fresh.stateItems, to: other)
        #expect(try contents(other) == contents(path))
    }

    @Test func theStateOfAnotherOptimizerIsRefusedByName() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/state.safetensors"
        let store = store()
        let sgd = OptimizerKind.sgd.make(settings(.sgd), store, 1)
        try TensorFile.write(sgd.stateItems, to: path)
        func why(_ optimizer: any Optimizer) throws -> String? {
            let error = #expect(throws: KernelError.self) {
                try Checkpoint.loadState(of: optimizer, from: path)
            }
            #expect(error?.kind == .badData && error?.place == path)
            return error?.why?.description
        }
        #expect(
            try why(AdamW(store))
                == "it lacks exp_avg, exp_avg.bf16, exp_avg_sq, exp_avg_sq.bf16")
        // Without momentum SGD keeps nothing.
        #expect(
            try why(SGD(store)) == "it also holds momentum_buffer, momentum_buffer.bf16")
    }

    @Test func namesOfSettingsFilesAreUnique() {
        let kinds = OptimizerKind.allCases
        let names = kinds.flatMap { [$0.rawValue] + $0.aliases + $0.variants }
        #expect(Set(names).count == names.count && kinds.first == TrainingPlan().optimizer.kind)
        for kind in kinds {
            #expect(OptimizerKind(rawValue: kind.rawValue) == kind)
            for name in kind.aliases { #expect(OptimizerKind(rawValue: name) == nil) }
        }
    }
}
