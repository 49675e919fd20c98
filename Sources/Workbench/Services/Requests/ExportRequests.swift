// Performs the requests of Export, off the thread of the interface, and posts the replies.

import Kernel

extension EffectRunner {
    func perform(_ request: ExportTab.Request) {
        switch request {
        case .measureExport(let question):
            answer { _ in
                .export(
                    .exportMeasured(
                        question,
                        Self.result { () throws(KernelError) in
                            try Inspection.exportSizes(question)
                        }))
            }
        case .start(let request): exports.start(request.withFullPaths)
        case .cancelExport: exports.cancel()
        }
    }
}
