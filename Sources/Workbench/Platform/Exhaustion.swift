// The end of a process that cannot get memory: work that is deep in its arithmetic cannot unwind, so the
// process reports what happened and ends. Checkpoints are whole or absent, so a run is resumed from its last one.

import Foundation
import Kernel

/// Handles a shortage of memory.
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
