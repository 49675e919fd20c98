// Paths as people type them: `~` stands for the home folder, as in a shell. Plans and requests keep
// what was typed; it is spelled out where files are touched.

import Foundation
import Kernel

/// Spells out `~` and `~user` at the start of a path.
enum HomePath {
    /// The path with the home folder written out; one of an unknown user stays as it is.
    static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~") else { return path }
        return expanded(path, home: ProcessInfo.processInfo.environment["HOME"])
    }

    /// The same where `HOME` has this value, which a shell prefers to the user's entry.
    static func expanded(_ path: String, home: String?) -> String {
        guard path.hasPrefix("~") else { return path }
        let end = path.firstIndex(of: "/") ?? path.endIndex
        let user = String(path[..<end].dropFirst())
        let set = home.flatMap { $0.isEmpty ? nil : $0 }
        guard var folder = user.isEmpty ? set ?? entry(nil) : entry(user) else { return path }
        let rest = path[end...]
        if !rest.isEmpty { while folder.hasSuffix("/") { folder.removeLast() } }
        return folder + rest
    }

    /// Why a path is impossible: it holds a NUL, which would end it early, or names the home folder of an unknown user.
    static func issue(_ field: String, _ path: String) -> PlanIssue? {
        if path.utf8.contains(0) {
            return .error(field, "holds a NUL character, which no path can have.")
        }
        guard path.hasPrefix("~"), expanded(path) == path else { return nil }
        let user = path.prefix { $0 != "/" }
        return .error(
            field, "\(user) is no user's home folder; write the path out (./~… is a name).")
    }

    /// The home folder in the system's list of users, of the process's user unless one is named.
    private static func entry(_ user: String?) -> String? {
        var buffer = [CChar](repeating: 0, count: 16_384)
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let code =
            if let user {
                getpwnam_r(user, &record, &buffer, buffer.count, &found)
            } else {
                getpwuid_r(getuid(), &record, &buffer, buffer.count, &found)
            }
        guard code == 0, found != nil, let folder = record.pw_dir else { return nil }
        let path = String(cString: folder)
        return path.isEmpty ? nil : path
    }
}

extension TrainingPlan {
    /// What is wrong with paths as such, whether or not they exist.
    func pathIssues() -> [PlanIssue] {
        var paths = [("model_name_or_path", model.path), ("dataset_dir", data.folder)]
        paths += model.adapters.map { ("adapter_name_or_path", $0) }
        paths += [preference.referencePath].compactMap(\.self).map { ("ref_model", $0) }
        paths += preference.referenceAdapters.map { ("ref_model_adapters", $0) }
        paths += data.names.map { ("dataset", $0) }
        paths += data.evaluationNames.map { ("eval_dataset", $0) }
        paths.append(("output_dir", output.folder))
        if let path = checkpointing.resumesFrom { paths.append(("resume_from_checkpoint", path)) }
        return paths.compactMap { HomePath.issue($0.0, $0.1) }
    }
}

extension TrainingPlan {
    /// The plan with every path spelled out. Names of data sets are paths only when they begin so.
    var withFullPaths: TrainingPlan {
        var plan = self
        plan.model.path = HomePath.expanded(model.path)
        plan.model.adapters = model.adapters.map(HomePath.expanded)
        plan.preference.referencePath = preference.referencePath.map(HomePath.expanded)
        plan.preference.referenceAdapters = preference.referenceAdapters.map(HomePath.expanded)
        plan.data.folder = HomePath.expanded(data.folder)
        plan.data.names = data.names.map(HomePath.expanded)
        plan.data.evaluationNames = data.evaluationNames.map(HomePath.expanded)
        plan.output.folder = HomePath.expanded(output.folder)
        plan.checkpointing.resumesFrom = checkpointing.resumesFrom.map(HomePath.expanded)
        return plan
    }
}
