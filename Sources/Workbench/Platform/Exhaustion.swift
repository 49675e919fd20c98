// The end of a process whose memory cannot be had: work that is deep in its arithmetic cannot go back, so the
// process says what happened and ends. Checkpoints are whole or not there, so a run goes on from its last one.

import Foundation
import Kernel

/// Watches for memory that cannot be had.
enum Exhaustion {
    /// From now on a full arena ends the process with a message and the code of a shortage.
    static func watch() {
        Arena.onExhaustion { wanted, inUse in
            let error = KernelError(
                .temporary, "the memory that this work needs cannot be had",
                because:
                    "\(NumberText.bytes(inUse)) are in use, and \(NumberText.bytes(wanted)) more "
                    + "were refused by the system",
                hint: "Raise ulimit -v and ulimit -d, or lower per_device_train_batch_size or "
                    + "cutoff_len. A run goes on from its last checkpoint with the same command.")
            Output.error(ErrorReport.text(error))
            _exit(ExitStatus(error.kind).rawValue)
        }
    }
}
