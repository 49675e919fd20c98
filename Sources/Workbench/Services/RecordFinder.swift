// Finds a record by its number over all data sets of a plan. Records are parsed when they are asked for. It does
// not show them.

import Kernel

/// Finds a record by its number over all datasets of a plan, in the order the plan names them.
struct RecordFinder {
    private let datasets: [OpenDataset]
    private let encoder: ExampleEncoder

    init(_ plan: TrainingPlan, _ encoder: ExampleEncoder) throws(KernelError) {
        let catalog = try DatasetCatalog(directory: plan.data.folder)
        var datasets: [OpenDataset] = []
        for name in plan.data.names {
            datasets.append(
                try OpenDataset(named: name, in: catalog, for: encoder.options.objective))
        }
        (self.datasets, self.encoder) = (datasets, encoder)
    }

    /// Records in all datasets together.
    var count: Int { datasets.reduce(0) { $0 + $1.count } }

    /// The number of a record over all datasets; nil when it is in none of them.
    func index(of origin: RecordOrigin) -> Int? {
        var start = 0
        for dataset in datasets {
            if let index = dataset.index(of: origin) { return start + index }
            start += dataset.count
        }
        return nil
    }

    /// Throws when a file of the data changed since it was opened.
    func checkUnchanged() throws(KernelError) {
        for dataset in datasets { try dataset.checkUnchanged() }
    }

    /// The record as the model sees it, and where it stands.
    func view(_ index: Int) throws(KernelError) -> (view: RecordView, origin: RecordOrigin) {
        let (example, origin) = try example(index)
        do {
            return (try RecordView(example, encoder: encoder), origin)
        } catch {
            throw RecordProblem(origin: origin, fault: error).error
        }
    }

    /// What a record means, and where it stands.
    func example(_ index: Int) throws(KernelError) -> (example: Example, origin: RecordOrigin) {
        guard index >= 0, index < count else {
            throw KernelError(
                .usage, "there is no record \(index)",
                because: "the plan's datasets have records 0 … \(count - 1)")
        }
        var rest = index
        for dataset in datasets {
            guard rest >= dataset.count else {
                let origin = dataset.origin(at: rest)
                do {
                    return (try dataset.example(at: rest), origin)
                } catch {
                    throw RecordProblem(origin: origin, fault: error).error
                }
            }
            rest -= dataset.count
        }
        preconditionFailure("record \(index) of \(count)")
    }
}
