// How large each export of a model would be, and what is free where it would go.

import Kernel

extension Inspection {
    /// Sizes of every format that the model can be written in.
    static func exportSizes(_ question: ExportQuestion) throws(KernelError) -> ExportSizes {
        var settings = ExportSettings()
        settings.shardBytesMax = max(1, question.shardGigabytes) * 1_000_000_000
        if let template = question.template, !template.isEmpty {
            settings.template = try BuiltinTemplates.named(template)
        }
        if let adapter = question.adapterPath.map(HomePath.expanded) {
            try follow(try AdapterTemplate(adapterAt: adapter), &settings)
        }
        let estimate = try ExportEstimate(
            base: HomePath.expanded(question.modelPath), settings: settings)
        let adapter = question.adapterPath.map(HomePath.expanded)
        var sizes = ExportSizes(
            freeBytes: ExportEstimate.freeBytes(at: HomePath.expanded(question.folder)))
        for variant in ExportVariant.all {
            // A format that this model cannot be written in has no size; the export reports why.
            do throws(KernelError) {
                sizes.bytes[variant] = try bytes(variant, estimate, adapter)
            } catch {
                continue
            }
        }
        return sizes
    }

    /// The template that the export will take from an adapter's folder.
    private static func follow(
        _ found: AdapterTemplate, _ settings: inout ExportSettings
    ) throws(KernelError) {
        guard let name = found.name else {
            settings.chatTemplate = found.source
            return
        }
        var template = try BuiltinTemplates.named(name)
        if let text = found.defaultSystem { template.defaultSystem = text }
        settings.template = template
        settings.followsRun = true
    }

    private static func bytes(
        _ variant: ExportVariant, _ estimate: ExportEstimate, _ adapter: String?
    ) throws(KernelError) -> Int? {
        guard let type = ExportPlan.ElementType(rawValue: variant.dtype)?.dtype else { return nil }
        switch variant.format {
        case .safetensors: return try estimate.safetensorsBytes(type)
        case .gguf: return try estimate.ggufBytes(type)
        case .adapter:
            guard let adapter else { return nil }
            return try estimate.adapterBytes(adapter)
        }
    }
}
