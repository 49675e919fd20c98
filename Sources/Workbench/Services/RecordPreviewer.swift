// One record as the model sees it, with what the cutoff removes: the uncut turns are laid beside the kept
// tokens. Of very long gaps only the beginning is shown.

import Kernel

extension RecordOrigin {
    /// File and line as compilers write them, without the folders.
    var short: String { "\(PathText.lastPart(of: file)):\(line)" }
}

/// Shows records of a plan's data.
struct RecordPreviewer {
    /// Tokens of one gap that are shown.
    private static let gapMax = 2000

    let finder: RecordFinder
    let encoder: ExampleEncoder

    func preview(_ index: Int) throws(KernelError) -> RecordPreview {
        let (view, origin) = try finder.view(index)
        var preview = RecordPreview(
            index: index, count: finder.count, dataset: origin.short, pieces: [])
        preview.isGood = view.isGood
        guard !view.cuts.isEmpty else {
            preview.pieces = pieces(view.tokens[...])
            return preview
        }
        let turns = try uncut(try finder.example(index).example)
        var rest = view.tokens[...]
        for (fate, turn) in zip(view.turns, turns) {
            take(
                fate.promptKept, of: &rest, missing: turn.prompt.dropFirst(fate.promptKept),
                &preview)
            take(
                fate.responseKept, of: &rest, missing: turn.response.dropFirst(fate.responseKept),
                &preview)
        }
        // An end of text that the template writes once stays, whatever was cut.
        preview.pieces += pieces(rest)
        return preview
    }

    /// Adds so many kept tokens, and behind them those that are missing.
    private func take(
        _ kept: Int, of rest: inout ArraySlice<RecordView.Token>, missing: ArraySlice<Int32>,
        _ preview: inout RecordPreview
    ) {
        preview.pieces += pieces(rest.prefix(kept))
        rest = rest.dropFirst(kept)
        guard !missing.isEmpty else { return }
        if let last = preview.gaps.indices.last, preview.pieces.last?.isCut == true {
            // Nothing is kept between two gaps: they are one.
            preview.gaps[last].count += missing.count
        } else {
            preview.gaps.append(.init(position: preview.pieces.count, count: missing.count))
        }
        let tokenizer = encoder.chat.tokenizer
        let tokens = missing.prefix(Self.gapMax).map { id in
            RecordView.Token(
                id: id, label: EncodedExample.ignoredLabel, bytes: tokenizer.bytes(of: Int(id)),
                isSpecial: tokenizer.isSpecial(Int(id)))
        }
        preview.pieces += pieces(tokens[...]).map { piece in
            var piece = piece
            piece.isCut = true
            return piece
        }
    }

    /// The turns as they are before anything is cut.
    private func uncut(_ example: Example) throws(KernelError) -> [TurnTokens] {
        do throws(RecordFault) {
            switch example {
            case .text(let text):
                // A text is one turn without a prompt; its start stands before it.
                let start = encoder.chat.tokenizer.addsBOS ? encoder.chat.tokenizer.bosID : nil
                let ids = [start.map { Int32($0) }].compactMap(\.self) + encoder.textIDs(text)
                return [TurnTokens(prompt: [], response: ids)]
            case .chat(let chat): return try encoder.turns(of: chat)
            case .pair(let pair): return try encoder.turns(of: pair)
            case .judged(let judged): return try encoder.turns(of: judged)
            }
        } catch {
            throw KernelError(.badData, "the record cannot be shown", because: error.detail)
        }
    }

    /// Tokens with their text. A character may span several tokens: its text goes to the one that
    /// completes it.
    private func pieces(_ tokens: ArraySlice<RecordView.Token>) -> [RecordPreview.Piece] {
        var held: [UInt8] = []
        return tokens.map { token in
            var piece = RecordPreview.Piece(
                text: "", id: Int(token.id), isTrained: token.isTrained,
                isSpecial: token.isSpecial)
            held += token.bytes
            let text = String(validating: held, as: UTF8.self)
            guard text != nil || held.count > 4 else { return piece }
            piece.text = text ?? String(decoding: held, as: UTF8.self)
            held = []
            return piece
        }
    }
}
