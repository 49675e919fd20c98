// Answers the plan's prompts, greedily, with the weights as they are, so that a person sees what the losses
// do not say. It draws no random numbers and changes nothing that the run computes with.

/// The prompts of one run with all that is needed to answer them; on the run's thread.
final class PromptSampler {
    private struct Question {
        let prompt: String
        let ids: [Int32]
    }

    private let base: PreparedModel
    private let decoder: Decoder
    private let newTokensMax: Int
    private let log: SampleLog
    private let now: () -> Double
    private var questions: [Question] = []
    /// What the user should know: prompts that cannot be asked.
    private(set) var notes: [Sentence] = []

    init(
        _ plan: TrainingPlan, base: PreparedModel, decoder: Decoder, log: SampleLog,
        now: @escaping () -> Double
    ) {
        (self.base, self.decoder, self.log, self.now) = (base, decoder, log, now)
        newTokensMax = plan.samples.newTokensMax
        let context = base.folder.config.maximumPositions
        for (index, prompt) in plan.samples.prompts.enumerated() {
            do throws(KernelError) {
                let ids = try Self.ids(of: prompt, plan, base)
                guard !ids.isEmpty, ids.count < context else {
                    throw KernelError(
                        .configuration, "\(ids.count) tokens do not fit",
                        because: "the model takes 1 to \(context - 1)")
                }
                questions.append(Question(prompt: prompt, ids: ids))
            } catch {
                notes.append("Sample prompt \(index + 1) is left out: \(error)")
            }
        }
    }

    /// A conversation's first question; with plain text (pt) a beginning that is continued.
    private static func ids(
        of prompt: String, _ plan: TrainingPlan, _ base: PreparedModel
    ) throws(KernelError) -> [Int32] {
        guard plan.stage.data == .pretraining else {
            return try base.chat.encodePrompt([ChatMessage(.user, prompt)]).map { Int32($0) }
        }
        let tokenizer = base.tokenizer
        let start = tokenizer.addsBOS ? [tokenizer.bosID].compactMap(\.self) : []
        let ids = tokenizer.encode(prompt, allowSpecial: base.chat.trustsContent)
        return (start + ids).map { Int32($0) }
    }

    /// Answers what was not answered with the weights of this step yet. `isStopped` is asked between
    /// tokens; an answer that it cuts is not kept.
    func answer(
        step: Int, epoch: Double, isStopped: () -> Bool, emit: (TrainingEvent) -> Void
    ) throws(KernelError) {
        let open = questions.filter { !log.holds(step: step, prompt: $0.prompt) }
        guard !open.isEmpty else { return }
        // Its cache lives in the run's memory, where the activations of a step are not now.
        let generator = Generator(
            decoder, contextLimit: base.folder.config.maximumPositions, now: now)
        var sampling = SamplingSettings()
        (sampling.isGreedy, sampling.maxNewTokens) = (true, newTokensMax)
        for question in open {
            guard !isStopped() else { return }
            let start = now()
            let result = try generator.generate(
                question.ids, sampling, stopIDs: base.stopIDs, isCancelled: isStopped)
            guard result.ending != .cancelled else { return }
            // What a lost base answered is no answer.
            try base.folder.checkUnchanged()
            let record = SampleRecord(
                step: step, epoch: epoch, prompt: question.prompt,
                answer: base.tokenizer.decode(result.ids.map { Int($0) }, skipSpecial: true),
                newTokens: result.ids.count, ending: result.ending, seconds: now() - start)
            emit(.sampled(record))
        }
    }
}
