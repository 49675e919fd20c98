// What a run can be asked to do while it trains. Values only; `RunControl` in Kernel carries them out.
// It does not know whether the run is of this process.

import Kernel

/// What the user can ask of the run that trains now.
enum RunCommand: Equatable, Sendable {
    case pause, resume, stop, saveNow, evaluateNow
    /// Another learning rate from the next step on.
    case changeRate(RateChange)
}
