// What runs have left, ended runs and their checkpoints, to choose one from instead of typing its folder. The
// folders are looked for elsewhere.

import Kernel

extension OverlayList where Choice == String {
    /// The folders below the base alone, whose choice is empty; the one that is chosen now is selected.
    init(evaluated folders: [TrainedFolder], chosen: String) {
        let base = TrainedFolder(path: "", name: tr("the base alone"), model: "")
        self.init(
            .init(
                title: phrase("What is evaluated"),
                foot: phrase("Enter chooses · Esc closes · Enter on the field types")),
            ([base] + folders).map {
                .init(
                    name: $0.name, details: [Sentence(verbatim: $0.model)], choice: $0.path)
            }
        ) { PathText.isSame($0, chosen) }
    }
}
