// workbench chat: a conversation on the terminal's own lines, or one answer for scripts.

import ArgumentParser
import Foundation
import Kernel
import Synchronization

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Chat with a model, with or without an adapter.",
        discussion: """
            With --prompt it answers once; --prompt - reads the question from standard input.
            With --json each answer is one object.
            In a conversation: /clear forgets it, /exit or Ctrl-D leaves, Ctrl-C stops an answer.
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "The chat template; the adapter's or the model's own unless given.")
    var template: String?
    @Option(help: "The system message.")
    var system: String?
    @Option(help: "Answer this question and leave.")
    var prompt: String?
    @Flag(help: "Always take the likeliest token.")
    var greedy = false
    @Option(help: "Most tokens of an answer.")
    var maxNewTokens = 512
    @Option(help: "Above 1 flattens, below sharpens the distribution.")
    var temperature = 0.95
    @Option(help: "Keep the likeliest tokens that add up to this chance.")
    var topP = 0.7
    @Option(help: "Keep so many of the likeliest tokens; 0 keeps all.")
    var topK = 50
    @Option(help: "Keep tokens with at least this part of the best one's chance.")
    var minP = 0.0
    @Option(help: "Above 1 makes tokens that occurred less likely.")
    var repetitionPenalty = 1.0
    @Option(help: "The seed of the draws; a new one each time unless given.")
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
            "In what prompts are computed.",
            discussion: """
                auto takes bf16 where the processor has it, unless the weights are float32; the new \
                tokens themselves are float32 always.
                """))
    var inferDtype = InferenceType.auto
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let settings = try settings()
            let engine = try model.engine(
                template: template, needsTemplate: true, system: system, cacheType: cacheType,
                type: inferDtype)
            if !answer.json, !answer.quiet {
                for note in engine.prepared.notes { Output.note(note) }
            }
            if let prompt {
                let text = prompt == "-" ? try Output.standardInput() : prompt
                try once(engine, text, settings)
            } else {
                try converse(engine, settings)
            }
        }
    }

    private func settings() throws(KernelError) -> SamplingSettings {
        var settings = SamplingSettings()
        (settings.temperature, settings.topP, settings.topK, settings.minP) = (
            temperature, topP, topK, minP
        )
        (settings.repetitionPenalty, settings.isGreedy, settings.maxNewTokens) = (
            repetitionPenalty, greedy, maxNewTokens
        )
        settings.seed = seed ?? UInt64.random(in: 0...(.max))
        if let issue = settings.issues().first {
            throw KernelError(
                .usage, "\(issue.field.replacingOccurrences(of: "_", with: "-")) \(issue.message)")
        }
        return settings
    }

    private func once(_ engine: Engine, _ text: String, _ settings: SamplingSettings) throws {
        let reply = try engine.reply(
            to: [ChatMessage(.user, text)], settings, stopTexts: stop, isCancelled: { false },
            onText: { if !answer.json { Output.text($0) } })
        if answer.json {
            Output.json(reply.json(seed: settings.seed))
        } else {
            Output.line("")
        }
    }

    private func converse(_ engine: Engine, _ settings: SamplingSettings) throws {
        let cancelled = Atomic<Bool>(false)
        let source = InterruptFlag { cancelled.store(true, ordering: .releasing) }
        defer { withExtendedLifetime(source) {} }
        var messages: [ChatMessage] = []
        while true {
            if Output.isTerminal, !answer.json { Output.text("\n> ") }
            guard let line = readLine(strippingNewline: true) else { break }
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { continue }
            if text == "/exit" { break }
            if text == "/clear" {
                messages = []
                continue
            }
            messages.append(ChatMessage(.user, text))
            cancelled.store(false, ordering: .releasing)
            let reply = try engine.reply(
                to: messages, settings, stopTexts: stop,
                isCancelled: { cancelled.load(ordering: .acquiring) },
                onText: { if !answer.json { Output.text($0) } })
            messages.append(ChatMessage(.assistant, reply.text))
            if answer.json {
                Output.json(reply.json(seed: settings.seed))
            } else if Output.isTerminal, !answer.quiet {
                Output.note(
                    String(
                        format:
                            "\n[%d tokens, %.1f tokens/s, first after %.2f s, %d of %d prompt tokens new]",
                        reply.result.ids.count, reply.result.tokensPerSecond,
                        reply.result.prefillSeconds,
                        reply.result.promptTokens - reply.result.reusedTokens,
                        reply.result.promptTokens))
            } else {
                Output.line("")
            }
        }
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
