// How states of runs and orders of their list are called in the reader's language.

import Kernel

extension RunState {
    /// The state in a word.
    var word: String { tr(name) }

    /// The word for it, for sentences.
    var name: Sentence {
        switch self {
        case .training: phrase("training")
        case .paused: phrase("paused")
        case .evaluating: phrase("evaluating")
        case .done: phrase("done")
        case .stopped: phrase("stopped")
        case .failed: phrase("failed")
        case .lost: phrase("lost")
        case .unknown: phrase("unknown")
        }
    }
}

extension RunOrder {
    /// What the list is sorted by.
    var words: String {
        switch self {
        case .age: tr("by age")
        case .name: tr("by name")
        case .loss: tr("by loss")
        case .eval: tr("by eval")
        case .step: tr("by step")
        case .state: tr("by state")
        }
    }
}
