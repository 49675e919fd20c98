// What a run without a checkpoint left in its folder, and whether the same plan may begin anew over it: only
// when nothing is there that this plan would not make again.

import Foundation

/// Weights and log in a folder that has no checkpoint.
struct RunRemains {
    let folder: String
    /// The names that could be worth something to somebody.
    let weights: Set<String>

    /// Whether all of it is of this plan and no result that somebody may want to keep: the run was killed, or
    /// none of its saves succeeded.
    func belong(to plan: TrainingPlan, text: String) throws(KernelError) -> Bool {
        guard try keepsPlan(text) else { return false }
        let own =
            plan.tuning.method.trainsAdapter
            ? [AdapterFile.weightsName] : [SafetensorsExport.singleFile]
        guard weights.isSubset(of: own + [MetricsLog.name]) else { return false }
        // A log alone is nothing to protect.
        guard weights.contains(own[0]) else { return true }
        let mark = plan.tuning.method.trainsAdapter ? AdapterFile.configName : "config.json"
        // Half of a result is of no use to anybody.
        guard try DiskCalls.isThere("\(folder)/\(mark)") else { return true }
        guard let status = try status() else { return false }
        // A checkpoint was there and was taken away: the result is all that is left.
        guard status["saved_step"]?.integer == nil else { return false }
        let isDone = ["done", "stopped"].contains(status["state"]?.string ?? "")
        return !isDone || plan.checkpointing.cadence != .never
    }

    /// Whether the folder's last run had the same plan.
    private func keepsPlan(_ text: String) throws(KernelError) -> Bool {
        let file: MappedFile
        do throws(KernelError) {
            file = try MappedFile(path: "\(folder)/\(RunFolder.planName)")
        } catch  where Checkpoint.isDamage(error) {
            return false
        }
        return file.bytes.elementsEqual(text.utf8)
    }

    private func status() throws(KernelError) -> JSONValue? {
        do throws(KernelError) {
            return try JSONValue(contentsOf: "\(folder)/\(RunStatusFile.name)")
        } catch  where Checkpoint.isDamage(error) {
            return nil
        }
    }
}
