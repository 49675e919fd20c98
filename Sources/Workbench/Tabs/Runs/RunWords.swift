// How states of runs and orders of their list are called in the reader's language.

import Kernel

extension RunState {
    /// The state in a word.
    var word: String {
        switch self {
        case .training: tr("training")
        case .paused: tr("paused")
        case .evaluating: tr("evaluating")
        case .done: tr("done")
        case .stopped: tr("stopped")
        case .failed: tr("failed")
        case .lost: tr("lost")
        case .unknown: tr("unknown")
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
