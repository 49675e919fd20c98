// What all ranks do next, agreed on at the boundaries of a step. One rank hears the user, any of them may meet a fault:
// each tells the others, and all of them go the same way, so that none waits for one that has gone another way.

/// What the leading rank was asked between two steps.
struct StepDecision: Sendable, Equatable {
    /// Whether the run ends here.
    var stops = false
    /// Whether held-out samples are measured, due or not.
    var evaluates = false
    /// The factor on the learning rate, and the step after which it was changed.
    var learningRateScale: Double?
    var rateChangedAfter: Int?
}

/// The agreement of a run's ranks. Only the leading one pauses, saves and answers samples, while the others wait in their
/// next call: none of that changes what is computed. With one rank every call returns what it is given.
struct StepAgreement {
    private let communicator: (any Communicator)?

    /// The agreement of a group; a group of one needs none.
    init(_ communicator: any Communicator) {
        self.communicator = communicator.size > 1 ? communicator : nil
    }

    /// Whether this rank hears the user, writes the folder and tells what happens.
    var isLeader: Bool { communicator.map { $0.rank == 0 } ?? true }

    /// The leader's decision, on every rank.
    func settle(_ own: StepDecision) throws(KernelError) -> StepDecision {
        guard let communicator else { return own }
        let message: JSONValue = [
            "stops": .bool(own.stops), "evaluates": .bool(own.evaluates),
            "scale": Self.bits(own.learningRateScale),
            "changed": own.rateChangedAfter.map { .integer($0) } ?? .null,
        ]
        let said = try Self.read(communicator.gather(isLeader ? Self.bytes(message) : []).first)
        return StepDecision(
            stops: said["stops"]?.bool ?? false,
            evaluates: said["evaluates"]?.bool ?? false,
            learningRateScale: Self.double(said["scale"]),
            rateChangedAfter: said["changed"]?.integer)
    }

    /// Whether one of the ranks was stopped.
    func isStopped(_ own: Bool) throws(KernelError) -> Bool {
        guard let communicator else { return own }
        return try communicator.gather([own ? 1 : 0]).contains([1])
    }

    /// Throws on every rank when one of them has a fault; the first in their order is told, with its rank.
    func settle(fault: KernelError?) throws(KernelError) {
        guard let communicator else {
            if let fault { throw fault }
            return
        }
        let own: [UInt8] = fault.map { Self.bytes(Self.value($0)) } ?? []
        for (rank, message) in try communicator.gather(own).enumerated() where !message.isEmpty {
            throw Self.error(try Self.read(message), rank: rank)
        }
    }

    /// What all ranks measured on the micro-batches of a step, added in the order of the micro-batches.
    func total(_ own: [Int: Measures]) throws(KernelError) -> Measures {
        var all = own
        if let communicator {
            let message = JSONValue.array(
                own.sorted { $0.key < $1.key }.map { place, measures in
                    ["place": .integer(place), "means": Self.value(measures)]
                })
            for said in try communicator.gather(Self.bytes(message)) {
                for entry in try Self.read(said).array ?? [] {
                    guard let place = entry["place"]?.integer else { continue }
                    all[place] = Self.measures(entry["means"])
                }
            }
        }
        return all.sorted { $0.key < $1.key }.reduce(into: Measures()) { $0 += $1.value }
    }

    // MARK: - Messagess

    private static func bytes(_ value: JSONValue) -> [UInt8] { Array(value.text().utf8) }

    private static func read(_ message: [UInt8]?) throws(KernelError) -> JSONValue {
        try JSONValue(parsing: String(decoding: message ?? [], as: UTF8.self), source: "a rank")
    }

    /// A number by its bits: what is agreed on must be the same to the last one.
    private static func bits(_ value: Double?) -> JSONValue {
        value.map { .integer(Int(bitPattern: UInt(truncatingIfNeeded: $0.bitPattern))) } ?? .null
    }

    private static func double(_ value: JSONValue?) -> Double? {
        value?.integer.map { Double(bitPattern: UInt64(UInt(bitPattern: $0))) }
    }

    private static func value(_ measures: Measures) -> JSONValue {
        .array(
            measures.means.sorted { $0.key.rawValue < $1.key.rawValue }.map { key, mean in
                [
                    "key": .string(key.rawValue), "sum": bits(mean.sum),
                    "weight": .integer(mean.weight),
                ]
            })
    }

    private static func measures(_ value: JSONValue?) -> Measures {
        var measures = Measures()
        for entry in value?.array ?? [] {
            guard let key = entry["key"]?.string, let sum = double(entry["sum"]),
                let weight = entry["weight"]?.integer
            else { continue }
            measures.add(MetricKey(rawValue: key), sum, weight: weight)
        }
        return measures
    }

    private static func value(_ error: KernelError) -> JSONValue {
        func text(_ part: Sentence?) -> JSONValue { part?.json ?? .null }
        return [
            "kind": .string(error.kind.rawValue), "what": error.what.json,
            "place": error.place.map { .string($0) } ?? .null,
            "why": text(error.why), "hint": text(error.hint),
        ]
    }

    private static func error(_ value: JSONValue, rank: Int) -> KernelError {
        func part(_ name: String) -> Sentence? { value[name].flatMap(Sentence.init(json:)) }
        return KernelError(
            value["kind"]?.string.flatMap { KernelError.Kind(rawValue: $0) } ?? .internalFault,
            "rank \(rank): \(part("what") ?? "a fault")", at: value["place"]?.string,
            because: part("why"), hint: part("hint"))
    }
}
