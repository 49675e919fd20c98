// workbench chat: a conversation on the terminal's own lines, or one answer for scripts.

import ArgumentParser
import Foundation
import Kernel
import Synchronization

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Chat with a model, with or without an adapter.",
        discussion: """
            A LLaMA-Factory YAML for chat names the model as well: workbench chat qwen3_lora_sft.yaml
            With --prompt it answers once; --prompt - reads the question from standard input.
            With --json each answer is one object.
            In a conversation: /clear forgets it, /exit or Ctrl-D leaves, Ctrl-C stops an answer.
            """)

    @OptionGroup var plan: PlanArguments
    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: "A Hugging Face folder or a GGUF file.")
    var model: String?
    @Option(
        help: "An adapter or checkpoint folder to lay over the model; may be given more than once.")
    var adapter: [String] = []
    @Option(help: "The chat template; the adapter's or the model's own unless given.")
    var template: String?
    @Option(help: "The system message.")
    var system: String?
    @Option(help: "Answer this question and leave.")
    var prompt: String?
    @Flag(help: "Always take the likeliest token.")
    var greedy = false
    @Option(
        help: ArgumentHelp(
            "Most tokens of an answer; 512 unless given, -1 up to the end of the context.",
            discussion: "With a file that does not say, LLaMA-Factory's 1024."))
    var maxNewTokens: Int?
    @Option(help: "Above 1 flattens, below sharpens the distribution; 0.95 unless given.")
    var temperature: Double?
    @Option(help: "Keep the likeliest tokens that add up to this chance; 0.7 unless given.")
    var topP: Double?
    @Option(help: "Keep so many of the likeliest tokens; 50 unless given, 0 or -1 keeps all.")
    var topK: Int?
    @Option(help: "Keep tokens with at least this part of the best one's chance; 0 unless given.")
    var minP: Double?
    @Option(help: "Above 1 makes tokens that occurred less likely; 1 unless given.")
    var repetitionPenalty: Double?
    @Option(help: "The seed of every answer's draws; a new one for each answer unless given.")
    var seed: UInt64?
    @Option(help: "A text at which an answer ends; may be given more than once.")
    var stop: [String] = []
    @Option(
        help: ArgumentHelp(
            "How keys and values are remembered.",
            discussion: """
                bf16 unless the weights are float32. f32 is exact; bf16 takes half of the memory, q8_0 \
                about a quarter.
                """))
    var cacheType: KVCacheType?
    @Option(
        help: ArgumentHelp(
            "The type that prompts are computed in.",
            discussion: """
                auto takes bf16 where the processor has it, unless the weights are float32; the new \
                tokens themselves are float32 always.
                """))
    var inferDtype: InferenceType?
    @Flag(help: "Special tokens written in a message become their ids; else they are plain text.")
    var specialTokens = false
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let asked = try asked()
            let settings = try sampling(asked)
            guard !stop.contains("") else {
                throw KernelError(.usage, "--stop is empty: every answer would end at once")
            }
            let engine = try Engine(
                modelPath: asked.modelPath, adapters: asked.adapters, template: asked.template,
                needsTemplate: true, system: asked.system, cacheType: cacheType,
                type: asked.type ?? .auto, trustsContent: specialTokens)
            if !answer.quiet {
                for note in engine.adapterNotes + engine.prepared.notes { Output.note(note) }
            }
            let given = seed ?? asked.seed.flatMap { UInt64(exactly: $0) }
            let conversation = ChatConversation(engine, settings, seed: given, stopTexts: stop)
            if let prompt {
                try once(conversation, prompt == "-" ? try Output.standardInput() : prompt)
            } else {
                try converse(conversation)
            }
        }
    }

    /// The file, if there is one, with the options over it.
    private func asked() throws(KernelError) -> ChatPlan {
        var asked = ChatPlan()
        if !plan.words.isEmpty {
            let reading = try ChatPlan.read(path: plan.file, assignments: plan.assignments)
            let remarks = reading.issues.filter { $0.severity != .error }
            if !answer.quiet, !remarks.isEmpty {
                Output.error(answer.json ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
            }
            asked = try reading.checked(at: plan.file ?? "the command line")
            asked.newTokensMax = asked.newTokensMax ?? ChatPlan.newTokensStandard
        }
        if let model { asked.modelPath = HomePath.expanded(model) }
        if !adapter.isEmpty { asked.adapters = adapter.map(HomePath.expanded) }
        guard !asked.modelPath.isEmpty else {
            throw KernelError(
                .usage, "no model is given",
                hint: "Give --model, or a LLaMA-Factory YAML with model_name_or_path.")
        }
        asked.template = template ?? asked.template
        asked.system = system ?? asked.system
        asked.type = inferDtype ?? asked.type
        return asked
    }

    private func sampling(_ asked: ChatPlan) throws(KernelError) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.temperature = temperature ?? asked.temperature ?? settings.temperature
        settings.topP = topP ?? asked.topP ?? settings.topP
        settings.minP = minP ?? asked.minP ?? settings.minP
        settings.repetitionPenalty =
            repetitionPenalty ?? asked.repetitionPenalty ?? settings.repetitionPenalty
        // llama.cpp's users switch it off with any number that is not above zero.
        settings.topK = max(0, topK ?? asked.topK ?? settings.topK)
        settings.maxNewTokens = maxNewTokens ?? asked.newTokensMax ?? settings.maxNewTokens
        if settings.maxNewTokens < 0 { settings.maxNewTokens = .max }
        settings.isGreedy = greedy || asked.samples == false
        if let issue = settings.issues().first {
            let name = issue.field.replacingOccurrences(of: "_", with: "-")
            throw KernelError(.usage, "--\(name) \(issue.message)")
        }
        return settings
    }

    private func once(_ conversation: ChatConversation, _ text: String) throws {
        var conversation = conversation
        let turn = try conversation.ask(
            text, isCancelled: { false }, onText: { if !answer.json { Output.text($0) } })
        switch turn {
        case .answered(let reply, let seed): show(reply, seed)
        case .refused(var error):
            error.hint = "Ask something shorter."
            throw error
        case .nothing, .left: break
        }
    }

    private func converse(_ conversation: ChatConversation) throws {
        var conversation = conversation
        let cancelled = Atomic<Bool>(false)
        // Where no thread can wait for it, Ctrl-C ends the conversation.
        let source =
            ProcessStart.canStartThreads
            ? InterruptFlag { cancelled.store(true, ordering: .releasing) } : nil
        defer { withExtendedLifetime(source) {} }
        while true {
            if Output.isTerminal, !answer.json { Output.text("\n> ") }
            guard let line = readLine(strippingNewline: true) else {
                // A folder or a file that is not open for reading looks like the end of a conversation.
                if !ProcessStart.wasClosed(STDIN_FILENO) { try Output.checkInput() }
                return
            }
            cancelled.store(false, ordering: .releasing)
            let turn = try conversation.take(
                line, isCancelled: { cancelled.load(ordering: .acquiring) },
                onText: { if !answer.json { Output.text($0) } })
            switch turn {
            case .nothing: break
            case .left: return
            case .answered(let reply, let seed):
                show(reply, seed)
                if Output.isTerminal, !answer.json, !answer.quiet { tellSpeed(reply.result) }
            case .refused(let error):
                Output.error(answer.json ? ErrorReport.json(error) : ErrorReport.text(error))
            }
        }
    }

    private func show(_ reply: Engine.Reply, _ seed: UInt64) {
        if answer.json { return Output.json(reply.json(seed: seed)) }
        Output.line("")
        tellCut(reply.result)
    }

    /// Prints a note where an answer did not end by itself.
    private func tellCut(_ result: GenerationResult) {
        guard !answer.quiet else { return }
        switch result.ending {
        case .length:
            Output.note(
                "[cut after \(result.ids.count) tokens; --max-new-tokens sets another limit]")
        case .contextFull:
            Output.note("[cut: the model's context is full; /clear starts a new conversation]")
        case .stopToken, .stopText, .cancelled: break
        }
    }

    private func tellSpeed(_ result: GenerationResult) {
        Output.note(
            String(
                format:
                    "[%d tokens, %.1f tokens/s, first after %.2f s, %d of %d prompt tokens new]",
                result.ids.count, result.tokensPerSecond, result.prefillSeconds,
                result.promptTokens - result.reusedTokens, result.promptTokens))
    }
}

/// Ctrl-C as a flag, not an end: stops an answer.
final class InterruptFlag {
    private let source: DispatchSourceSignal

    init(_ action: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(
            signal: SIGINT, queue: DispatchQueue(label: "interrupt"))
        source.setEventHandler(handler: action)
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}

extension KVCacheType: ExpressibleByArgument {}
extension InferenceType: ExpressibleByArgument {}
