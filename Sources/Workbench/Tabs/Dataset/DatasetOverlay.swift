// What can lie over the dataset tab: the records to look at, the mixture, a new data set. Values and the
// keys of their own; what comes of them is decided by the tab.

import Kernel
import Panels

/// What lies over the tab.
enum DatasetOverlay: Equatable, Sendable {
    case findings(FindingList)
    case mixing(MixtureForm)
    case adding(DatasetForm)

    /// The records to look at, of one kind or of all.
    struct FindingList: Equatable, Sendable {
        var list = ListState()
        /// Nil shows all.
        var kind: DataReport.Finding.Kind?

        /// The findings that are shown.
        func shown(_ report: DataReport) -> [DataReport.Finding] {
            report.findings.filter { kind == nil || $0.kind == kind }
        }

        /// Goes to the next kind that there is, and from the last one back to all.
        mutating func turn(_ report: DataReport) {
            let kinds = DataReport.Finding.Kind.allCases.filter { kind in
                report.findings.contains { $0.kind == kind }
            }
            let index = kind.flatMap { kinds.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            kind = kinds.indices.contains(index) ? kinds[index] : nil
            list.first()
        }
    }
}

extension DataReport.Finding.Kind {
    /// The name in lists.
    var word: String {
        switch self {
        case .invalid: tr("left out")
        case .cut: tr("cut")
        case .empty: tr("empty answer")
        case .repeated: tr("repeated")
        }
    }
}
