// What a step learns from where the model makes its own examples: prompts are answered with the weights as they are, the
// answers judged and compared with the others to the same prompt. All of it follows from the weights, the seed and the
// step's number, so a resumed run draws the same answers.

import Foundation

/// Judges answers by another program: its command, a JSON line for each answer, and the seconds it may take. Gives what it
/// wrote, a line for each answer.
public typealias RewardProgram =
    @Sendable (
        _ command: String, _ lines: [String], _ seconds: Double
    ) throws(KernelError) -> [String]

/// Makes answers with rewards and advantages out of the prompts of a step.
public struct Rollouts {
    private let settings: RolloutSettings
    private let group: GroupSettings
    private let rules: [RewardRule]
    private let tokenizer: any Tokenizer
    private let generator: BatchGenerator
    private let seed: UInt64
    private let program: RewardProgram
    /// Hears each answer with what it was worth.
    var onAnswer: (RolloutRecord) -> Void = { _ in }

    init(
        _ plan: TrainingPlan, base: PreparedModel, decoder: Decoder,
        program: @escaping RewardProgram
    ) throws(KernelError) {
        (settings, group) = (plan.rollout, plan.group)
        (tokenizer, self.program) = (base.tokenizer, program)
        seed = UInt64(bitPattern: Int64(plan.seed))
        var rules: [RewardRule] = []
        for text in plan.rollout.rules {
            do throws(RewardRule.Fault) {
                rules.append(try RewardRule(text))
            } catch {
                throw KernelError(
                    .configuration, "cannot judge answers", at: "reward_funcs",
                    because: error.why)
            }
            try rules[rules.count - 1].readFile()
        }
        self.rules = rules
        generator = BatchGenerator(
            decoder: decoder, contextLimit: base.folder.config.maximumPositions,
            cacheType: BatchGenerator.cacheType(decoder.backend),
            stopIDs: base.stopIDs)
    }

    /// An answer with the text of its prompt and what it is worth.
    private struct Answer {
        let prompt: [Int32]
        let drawn: DrawnAnswer
        let text: JudgedText
        var scores: [Double] = []
        var reward = 0.0
        var advantage = 0.0
    }

    /// A step's updates, each with its micro-batches, and what there is to measure of the answers; nil when stopped.
    func updates(
        _ micro: [[EncodedExample]], step: Int, isStopped: () -> Bool
    ) throws(KernelError) -> (updates: [[PackedBatch]], measures: Measures)? {
        guard let groups = try answers(to: micro.flatMap(\.self), step, isStopped) else {
            return nil
        }
        let all = try judged(groups, step: step)
        var (batches, first): ([PackedBatch], Int) = ([], 0)
        for examples in micro {
            var batch = PackedBatch()
            for answer in all[first..<first + examples.count].joined() {
                guard answer.drawn.isWhole || !group.masksTruncated else { continue }
                batch.append(
                    ids: answer.prompt + answer.drawn.ids,
                    labels: answer.prompt.map { _ in EncodedExample.ignoredLabel }
                        + answer.drawn.ids)
                batch.advantages.append(answer.advantage)
            }
            if group.updates > 1, !batch.targets.isEmpty {
                batch.earlierLogProbabilities =
                    TargetNumbers(generator.decoder.run(batch)).logProbabilities
            }
            first += examples.count
            batches.append(batch)
        }
        return ([[PackedBatch]](repeating: batches, count: group.updates), measures(of: all))
    }

    /// What answers to held-out prompts are worth, one likeliest answer to each; nil when stopped.
    func evaluate(
        _ examples: some Collection<EncodedExample>, isStopped: () -> Bool
    ) throws(KernelError) -> Measures? {
        var greedy = settings
        greedy.temperature = 0
        guard
            let groups = try answers(
                to: Array(examples), nil, each: 1, sampling: greedy.sampling, isStopped)
        else { return nil }
        let all = try judged(groups, step: nil)
        var measures = measures(of: all)
        // Less is better, as of any loss.
        for answer in all.joined() { measures.add(.loss, -answer.reward, weight: 1) }
        return measures
    }

    // MARK: - Answers

    private func answers(
        to examples: [EncodedExample], _ step: Int?, each count: Int? = nil,
        sampling: SamplingSettings? = nil, _ isStopped: () -> Bool
    ) throws(KernelError) -> [[Answer]]? {
        let count = count ?? settings.answers
        var groups: [[Answer]] = []
        for range in BatchPlan.chunks(
            count: examples.count, size: max(1, BatchGenerator.together / count))
        {
            let prompts = examples[range].map(\.prompt)
            let drawn = try generator.answers(
                to: prompts, each: count, sampling ?? settings.sampling,
                seed: { prompt, answer in
                    let place = (range.lowerBound + prompt) * count + answer
                    return ForwardContext.mix(
                        seed ^ ForwardContext.mix(UInt64(step ?? 0) << 24 | UInt64(place)))
                }, isStopped: isStopped)
            guard let drawn else { return nil }
            for ((example, prompt), answers) in zip(zip(examples[range], prompts), drawn) {
                groups.append(
                    answers.map { answer in
                        Answer(
                            prompt: prompt, drawn: answer,
                            text: JudgedText(
                                prompt: text(prompt), answer: text(answer.ids),
                                reference: text(example.answer)))
                    })
            }
        }
        return groups
    }

    private func text(_ ids: [Int32]) -> String {
        tokenizer.decode(ids.map { Int($0) }, skipSpecial: true)
    }

    // MARK: - Rewards

    private func judged(_ groups: [[Answer]], step: Int?) throws(KernelError) -> [[Answer]] {
        var groups = groups
        let texts = groups.joined().map(\.text)
        let scores = try rules.map { (rule) throws(KernelError) in try self.scores(rule, texts) }
        var place = 0
        for g in groups.indices {
            for a in groups[g].indices {
                groups[g][a].scores = scores.map { $0[place] }
                groups[g][a].reward = zip(groups[g][a].scores.indices, groups[g][a].scores)
                    .reduce(0) { $0 + weight($1.0) * $1.1 }
                place += 1
            }
        }
        let spread = Self.spread(groups.joined().map(\.reward))
        for g in groups.indices {
            let rewards = groups[g].map(\.reward)
            let mean = rewards.reduce(0, +) / Double(max(1, rewards.count))
            let scale =
                switch group.scaling {
                case .group: Self.spread(rewards) + 1e-4
                case .batch: spread + 1e-4
                case .none: 1.0
                }
            for a in groups[g].indices {
                groups[g][a].advantage = (rewards[a] - mean) / scale
                guard let step else { continue }
                let answer = groups[g][a]
                onAnswer(
                    RolloutRecord(
                        step: step + 1, prompt: answer.text.prompt, answer: answer.text.answer,
                        reference: answer.text.reference, tokens: answer.drawn.ids.count,
                        isWhole: answer.drawn.isWhole,
                        scores: zip(rules, answer.scores).map { ($0.kind.name, $1) },
                        reward: answer.reward, advantage: answer.advantage))
            }
        }
        return groups
    }

    private func weight(_ rule: Int) -> Double {
        settings.weights.isEmpty ? 1 : settings.weights[rule]
    }

    /// The standard deviation of a sample, 0 of one number.
    private static func spread(_ numbers: [Double]) -> Double {
        guard numbers.count > 1 else { return 0 }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(numbers.count - 1)).squareRoot()
    }

    private func scores(_ rule: RewardRule, _ texts: [JudgedText]) throws(KernelError) -> [Double] {
        guard let command = rule.command else {
            return texts.map { rule.score(of: $0) }
        }
        let lines = texts.map { text -> String in
            let object: JSONValue = [
                "prompt": .string(text.prompt), "completion": .string(text.answer),
                "reference": .string(text.reference),
            ]
            return object.text()
        }
        let said = try program(command, lines, settings.timeout)
        func refusal(_ why: Sentence) -> KernelError {
            KernelError(
                .badData, "the reward program is not understood", at: command.escapedForDisplay,
                because: why,
                hint: "For each line that it reads it must write one number on a line.")
        }
        guard said.count == lines.count else {
            throw refusal("it wrote \(said.count) lines for \(lines.count) answers")
        }
        var scores: [Double] = []
        for line in said {
            guard let score = Double(line.trimmingSpaces), score.isFinite else {
                throw refusal("\(line.prefix(60).description.escapedForDisplay) is no number")
            }
            scores.append(score)
        }
        return scores
    }

    private func measures(of groups: [[Answer]]) -> Measures {
        var measures = Measures()
        for group in groups {
            measures.add(.rewardSpread, Self.spread(group.map(\.reward)), weight: 1)
            for answer in group {
                measures.add(.reward, answer.reward, weight: 1)
                measures.add(.answerLength, Double(answer.drawn.ids.count), weight: 1)
                measures.add(.cutShare, answer.drawn.isWhole ? 0 : 1, weight: 1)
                for (rule, score) in zip(rules, answer.scores) {
                    measures.add(rule.kind.metric, score, weight: 1)
                }
            }
        }
        return measures
    }
}

extension EncodedExample {
    /// What stands before the last answer.
    fileprivate var prompt: [Int32] {
        Array(ids.prefix(ids.count - answer.count))
    }

    /// The last answer's tokens.
    fileprivate var answer: [Int32] {
        Array(ids.suffix(labels.reversed().prefix { $0 != Self.ignoredLabel }.count))
    }
}
