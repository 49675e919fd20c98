// Paths as people type them: `~` stands for the home folder, as in a shell. Plans and requests keep
// what was typed; it is spelled out where files are touched.

import Foundation
import Kernel

/// Spells out `~` and `~user` at the start of a path.
enum HomePath {
    static func expanded(_ path: String) -> String {
        path.hasPrefix("~") ? (path as NSString).expandingTildeInPath : path
    }
}

extension TrainingPlan {
    /// The plan with every path spelled out. Names of data sets are paths only when they begin so.
    var withFullPaths: TrainingPlan {
        var plan = self
        plan.model.path = HomePath.expanded(model.path)
        plan.model.adapters = model.adapters.map(HomePath.expanded)
        plan.data.folder = HomePath.expanded(data.folder)
        plan.data.names = data.names.map(HomePath.expanded)
        plan.data.evaluationNames = data.evaluationNames.map(HomePath.expanded)
        plan.output.folder = HomePath.expanded(output.folder)
        plan.checkpointing.resumesFrom = checkpointing.resumesFrom.map(HomePath.expanded)
        return plan
    }
}

extension ChatRequest {
    /// The request with every path spelled out.
    var withFullPaths: ChatRequest {
        var request = self
        request.modelPath = HomePath.expanded(modelPath)
        if case .adapter(let path) = source {
            request.source = .adapter(path: HomePath.expanded(path))
        }
        return request
    }
}

extension ExportRequest {
    /// The request with every path spelled out.
    var withFullPaths: ExportRequest {
        var request = self
        request.modelPath = HomePath.expanded(modelPath)
        request.adapterPath = adapterPath.map(HomePath.expanded)
        request.folder = HomePath.expanded(folder)
        return request
    }
}

extension EvaluationRequest {
    /// The request with every path spelled out. Names of data sets are paths only when they begin so.
    var withFullPaths: EvaluationRequest {
        var request = self
        request.modelPath = HomePath.expanded(modelPath)
        request.adapters = adapters.map(HomePath.expanded)
        let selection = plan.selection
        request.plan.selection.directory = HomePath.expanded(selection.directory)
        request.plan.selection.training = selection.training.map(HomePath.expanded)
        request.plan.selection.evaluation = selection.evaluation.map(HomePath.expanded)
        request.plan.folder = plan.folder.map(HomePath.expanded)
        return request
    }
}
