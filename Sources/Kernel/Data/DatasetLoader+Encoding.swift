// From examples to rows of token ids with the report on them: in parallel, in the order of the data.
// What is read, held out and mixed was decided before.

extension DatasetLoader {
    /// Encodes examples in their order; `packs` lets conversations share rows.
    func encode(
        _ sources: [SourcedExample], packs: Bool, base: DataInspection, control: LoadControl
    ) throws(KernelError) -> EncodedSet {
        var set = EncodedSet(examples: [], inspection: base)
        set.inspection.trustsSpecial = encoder.chat.trustsContent
        if options.objective == .pretraining, let start = encoder.textStartID {
            set.inspection.textStart = encoder.chat.tokenizer.decode(
                [Int(start)], skipSpecial: false)
        }
        let sources =
            options.objective == .feedback ? JudgedExample.mismatching(sources) : sources
        if options.objective == .pretraining && options.packsTexts {
            try pack(sources, into: &set, control: control)
        } else {
            try encodeEach(sources, into: &set, control: control)
            if packs {
                set.examples = Packing.sharedRows(
                    set.examples, rowLength: options.cutoffLength, isOpen: options.opensRows)
            }
        }
        guard !set.examples.isEmpty else { throw nothingLeft(set.inspection) }
        set.inspection.measure(set.examples)
        return set
    }

    private func pack(
        _ sources: [SourcedExample], into set: inout EncodedSet, control: LoadControl
    ) throws(KernelError) {
        let encoder = encoder
        let texts = try mapped(sources, control: control) { source -> ([Int32], Bool) in
            guard case .text(let text) = source.example else { return ([], false) }
            return (encoder.textIDs(text), encoder.spellsSpecial(source.example))
        }
        set.inspection.specialCount = texts.count(where: \.1)
        let packed = Packing.joinedBlocks(
            texts.map(\.0), blockLength: options.cutoffLength, startID: encoder.textStartID)
        set.examples = packed.blocks.filter { $0.trainedCount > 0 }
        set.inspection.droppedTailTokens = packed.droppedTokens
    }

    private func encodeEach(
        _ sources: [SourcedExample], into set: inout EncodedSet, control: LoadControl
    ) throws(KernelError) {
        let encoder = encoder
        let results = try mapped(sources, control: control) {
            source -> (Result<EncodedConversation, RecordFault>, Bool) in
            (
                Result { () throws(RecordFault) in try encoder.encode(source.example) },
                encoder.spellsSpecial(source.example)
            )
        }
        var firsts: [SHA256.Digest: RecordOrigin] = [:]
        for (source, (result, spellsSpecial)) in zip(sources, results) {
            switch result {
            case .failure(let fault):
                let problem = RecordProblem(origin: source.origin, fault: fault)
                if options.brokenRecords == .stop && fault.kind != .overlong {
                    throw problem.error
                }
                set.inspection.problems.append(problem)
            case .success(let encoded):
                set.examples.append(encoded.example)
                set.inspection.note(encoded, of: source, firsts: &firsts)
                if spellsSpecial { set.inspection.specialCount += 1 }
            }
        }
    }

    private func mapped<Output: Sendable>(
        _ sources: [SourcedExample], control: LoadControl,
        _ transform: @Sendable (SourcedExample) -> Output
    ) throws(KernelError) -> [Output] {
        try ParallelMap.map(
            count: sources.count,
            checkpoint: { (done) throws(KernelError) in
                try control.report(
                    LoadProgress(
                        phase: .encoding, dataset: "", done: done, total: sources.count))
            },
            { transform(sources[$0]) })
    }

    private func nothingLeft(_ inspection: DataInspection) -> KernelError {
        let counts = inspection.problems.countByKind.sorted { $0.value > $1.value }
            .map { "\($0.value) \($0.key.words)" }.joined(separator: ", ")
        let first: Sentence? = inspection.problems.listed.first.map { problem in
            guard let field = problem.fault.field else { return problem.fault.detail }
            return "field \(field.escapedForDisplay): \(problem.fault.detail)"
        }
        return KernelError(
            .badData, "no usable record is left",
            at: inspection.problems.listed.first?.origin.place,
            because: first.map { "\(counts); first: \($0)" } ?? "the dataset is empty",
            hint: "Check the columns of the dataset and the cutoff length")
    }
}

extension DataInspection {
    /// Takes note of one encoded example; `firsts` remembers what was seen before.
    fileprivate mutating func note(
        _ encoded: EncodedConversation, of source: SourcedExample,
        firsts: inout [SHA256.Digest: RecordOrigin]
    ) {
        if encoded.isTruncated {
            truncatedCount += 1
            if truncated.count < Self.listedMaximum { truncated.append(source.origin) }
        }
        if case .chat(let chat) = source.example {
            let answers = chat.messages.filter(\.role.isAnswering)
            untrainedAnswerCount += answers.count { !$0.isTrained }
            if answers.contains(where: { $0.content.isEmpty && $0.isTrained }) {
                emptyAnswerCount += 1
                if emptyAnswers.count < Self.listedMaximum { emptyAnswers.append(source.origin) }
            }
        }
        let isEmpty =
            switch source.example {
            case .pair(let pair): pair.chosen.content.isEmpty
            case .judged(let judged): judged.isGood && judged.answer.content.isEmpty
            case .text, .chat: false
            }
        if isEmpty {
            emptyAnswerCount += 1
            if emptyAnswers.count < Self.listedMaximum { emptyAnswers.append(source.origin) }
        }
        let digest = Self.digest(of: [encoded.example])
        if let first = firsts[digest] {
            // A mixture may repeat a record on purpose; only another one is a duplicate.
            if first == source.origin { return }
            duplicateCount += 1
            if duplicates.count < Self.listedMaximum {
                duplicates.append(DuplicateExample(origin: source.origin, first: first))
            }
        } else {
            firsts[digest] = source.origin
        }
    }
}
