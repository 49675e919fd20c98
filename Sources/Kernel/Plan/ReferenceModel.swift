// A model of its own that a preference stage compares with (`ref_model`): opened and checked before anything is
// trained, then a decoder like any other. Without one the reference is the model as it was before training.

/// An opened reference.
public struct ReferenceModel: Sendable {
    public let folder: ModelFolder
    let quantization: Quantizer
    let adapters: [String]

    /// Nil where the plan's stage compares with nothing, or names no model for it.
    public init?(_ plan: TrainingPlan) throws(KernelError) {
        let settings = plan.preference
        guard let path = settings.referencePath, plan.stage.objective(plan).usesReference else {
            return nil
        }
        try ModelFolder.checkManifest(of: path)
        folder = try ModelFolder(path: path)
        (quantization, adapters) = (settings.referenceQuantization, settings.referenceAdapters)
    }

    /// Throws unless the reference reads the same tokens as the model that trains: log probabilities are of ids.
    func checkTokens(_ tokenizer: any Tokenizer) throws(KernelError) {
        let own = try folder.loadTokenizer().tokenizer
        let count = tokenizer.vocabularySize
        func refusal(_ why: Sentence) -> KernelError {
            KernelError(
                .configuration, "the reference reads other tokens than the model",
                at: "ref_model \(folder.path.escapedForDisplay)", because: why,
                hint: "Choose a reference of the same family with the same tokenizer.")
        }
        guard own.vocabularySize == count else {
            throw refusal("it has \(own.vocabularySize) ids, the model \(count)")
        }
        if let id = (0..<count).first(where: { own.bytes(of: $0) != tokenizer.bytes(of: $0) }) {
            let (there, here) = (
                own.decode([id], skipSpecial: false), tokenizer.decode([id], skipSpecial: false)
            )
            throw refusal(
                "id \(id) is \"\(there.escapedForDisplay)\" there, and "
                    + "\"\(here.escapedForDisplay)\" here")
        }
    }
}
