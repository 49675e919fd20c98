// What the list of models can be sorted by, as columns of its table. Where there is little room, the column
// that the list is sorted by takes the place of the parameters.

import Panels

extension ModelOrder {
    /// The columns behind the name on a list of some width.
    static func columns(width: Int, sortedBy order: ModelOrder) -> [ModelOrder] {
        guard width < 56 else { return [.family, .parameters, .type, .size, .context, .fit] }
        let first: ModelOrder =
            switch order {
            case .family, .type, .size, .context: order
            case .place, .name, .parameters, .fit: .parameters
            }
        return width < 40 ? [order == .fit ? .fit : first] : [first, .fit]
    }

    /// The head of the column and its place.
    var column: Table.Column {
        switch self {
        case .place, .name: Table.Column(tr("NAME"), width: .fill())
        case .family: Table.Column(tr("FAMILY"), width: .fixed(7))
        case .parameters: Table.Column(tr("PARAMS"), width: .fixed(6), align: .right)
        case .type: Table.Column(tr("TYPE"), width: .fixed(5))
        case .size: Table.Column(tr("SIZE"), width: .fixed(8), align: .right)
        case .context: Table.Column(tr("CONTEXT"), width: .fixed(7), align: .right)
        case .fit: Table.Column(tr("FIT"), width: .fixed(9))
        }
    }

    /// What stands in the column for a model.
    func cell(_ model: ModelSummary, _ fits: [String: ModelFit]) -> DisplayText {
        let unknown = "—"
        let text =
            switch self {
            case .place, .name: model.name
            case .family: model.family
            case .parameters: model.parameters.map(NumberText.short) ?? unknown
            // Behind the kind of file, which is part of the name.
            case .type: String(model.format.split(separator: " ").last ?? "")
            case .size: model.bytes > 0 ? NumberText.bytes(model.bytes) : unknown
            case .context: model.contextLength.map { NumberText.count($0) } ?? unknown
            case .fit: model.fault == nil ? fits[model.path]?.word ?? "…" : tr("unusable")
            }
        return DisplayText(text)
    }
}
