// Performs the requests of Evaluate, off the thread of the interface, and posts the replies.

import Kernel

extension EffectRunner {
    func perform(_ request: EvaluateTab.Request) {
        switch request {
        case .start(let request): evaluations.start(request.withFullPaths)
        case .cancelEvaluation: evaluations.cancel()
        }
    }
}
