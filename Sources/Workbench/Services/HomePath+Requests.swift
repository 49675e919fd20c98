// Requests of the interface with every path spelled out, just before files are touched. What was typed stays in
// the state of the tabs.

import Kernel

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
