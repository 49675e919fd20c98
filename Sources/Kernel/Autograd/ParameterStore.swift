// All parameters of a run in flat buffers, ordered by type and group, so that the optimizer, the norm and a
// checkpoint are each one pass over memory.

/// All parameters of a run over one flat buffer of values and one flat gradient buffer.
public final class ParameterStore {
    /// Neighbouring elements of one type and group.
    public struct Segment: Sendable, Equatable {
        public let dtype: Precision
        public let group: ParameterGroup
        /// Places in the buffers of the whole store.
        public let range: Range<Int>
    }

    /// In the order of the specs, whatever their order in memory.
    public let parameters: [Parameter]
    /// Values of all parameters, each contiguous: bf16 in front, then fp32; groups within each.
    public let numbers: ParameterBuffer
    /// (1, total), in the same order.
    public let gradients: Tensor
    /// What is stepped alike, in the order of memory.
    public let segments: [Segment]

    public init(_ specs: [ParameterSpec], in arena: Arena) {
        func total(_ specs: [ParameterSpec]) -> Int { specs.reduce(0) { $0 + $1.count } }
        let groups = Set(specs.map(\.group)).sorted(by: ParameterGroup.precedes)
        let types: [Precision] = [.bfloat16, .float32]
        let runs = types.flatMap { dtype in
            groups.map { group in specs.filter { $0.dtype == dtype && $0.group == group } }
        }.filter { !$0.isEmpty }
        numbers = ParameterBuffer(
            bfloat16: total(specs.filter { $0.dtype == .bfloat16 }),
            float32: total(specs.filter { $0.dtype == .float32 }), in: arena)
        gradients = Tensor(1, numbers.count, in: arena)
        gradients.fill(0)
        var offset = 0
        var byName: [String: Parameter] = [:]
        var segments: [Segment] = []
        for run in runs {
            let start = offset
            for spec in run {
                byName[spec.name] = Parameter(
                    spec, stored: Self.value(of: spec, at: offset, in: numbers),
                    gradient: gradients.window(at: offset, spec.rows, spec.columns))
                offset += spec.count
            }
            segments.append(
                Segment(dtype: run[0].dtype, group: run[0].group, range: start..<offset))
        }
        self.segments = segments
        parameters = specs.compactMap { byName[$0.name] }
        precondition(
            parameters.count == specs.count && byName.count == specs.count,
            "duplicate parameter names")
    }

    /// Bytes of values and gradients.
    static func byteCount(_ specs: [ParameterSpec]) -> Int {
        specs.reduce(0) { $0 + $1.byteCount + $1.count * MemoryLayout<Float>.stride }
    }

    private static func value(
        of spec: ParameterSpec, at offset: Int, in numbers: ParameterBuffer
    ) -> Parameter.Stored {
        switch spec.dtype {
        case .bfloat16:
            .bfloat16(
                BFloat16Matrix(
                    numbers.bfloat16.window(offset..<offset + spec.count), rows: spec.rows,
                    columns: spec.columns))
        case .float32:
            .float32(
                numbers.float32.window(
                    at: offset - numbers.bfloat16.count, spec.rows, spec.columns))
        }
    }

    public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }
    public var count: Int { numbers.count }
    /// (1, n): the fp32 values; all of them unless the run is `pure_bf16`.
    public var values: Tensor { numbers.float32 }
}
