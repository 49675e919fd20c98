// LLaMA-Factory's files that evaluate or predict, as the options of our own command: what they ask for and the
// command lacks is refused by its key.

import Kernel

/// A settings file for `workbench evaluate`.
enum EvaluationFile {
    /// The options that a file stands for, and the remarks about it.
    static func options(
        path: String, assignments: [String] = []
    ) throws(KernelError) -> (words: [String], remarks: [PlanIssue]) {
        var document = try SettingDocument(path: path)
        if let kind = ForeignFile.kind(of: document) { throw kind.error(at: path, document) }
        try document.assign(assignments)
        var plan = TrainingPlan()
        var issues = TrainingKeys.table.read(document.entries, into: &plan).filter { issue in
            !generating.contains(issue.field) && !answered.contains(issue.field)
        }
        // How answers are drawn is read and refused as in a chat file.
        var drawing = ChatPlan()
        issues += ChatKeys.table.read(
            document.entries.filter { generating.contains($0.key) }, into: &drawing)
        issues += plan.pathIssues() + refusals(plan)
        let found = PlanReading(plan: plan, issues: issues)
        let checked = try found.checked(at: path)
        return (
            try words(checked, drawing, document), issues.filter { $0.severity != .error }
        )
    }

    /// Keys that the command answers itself.
    private static let answered: Set = [
        "do_predict", "predict_with_generate", "do_train", "do_eval",
    ]
    private static let generating = Set(InferenceKeys.own)

    private static func isOn(_ key: String, _ document: SettingDocument) -> Bool? {
        document.node(key).flatMap { node in try? Bool(setting: node) }
    }

    /// What the file asks for and the command lacks.
    private static func refusals(_ plan: TrainingPlan) -> [PlanIssue] {
        let blank = TrainingPlan()
        var issues: [PlanIssue] = []
        func refuse(_ isUsed: Bool, _ key: String) {
            guard isUsed else { return }
            issues.append(.error(key, "is not in workbench evaluate; leave it out."))
        }
        refuse(plan.quantizes, "quantization_bit")
        refuse(plan.encoding.trainsOnPrompt, "train_on_prompt")
        refuse(plan.encoding.masksHistory, "mask_history")
        refuse(plan.shuffleSeed != plan.seed, "data_seed")
        refuse(plan.data.mixing != blank.data.mixing, "mix_strategy")
        if plan.data.validationSize > 0, !plan.data.evaluationNames.isEmpty {
            issues.append(
                .error("val_size", "goes with dataset only; eval_dataset is taken whole."))
        }
        return issues
    }

    private static func words(
        _ plan: TrainingPlan, _ drawing: ChatPlan, _ document: SettingDocument
    ) throws(KernelError) -> [String] {
        var words: [String] = []
        func add(_ option: String, _ value: String?) {
            if let value { words.append("\(option)=\(value)") }
        }
        add("--model", plan.model.path)
        for adapter in plan.model.adapters { add("--adapter", adapter) }
        add("--template", plan.encoding.template)
        add("--system", plan.encoding.defaultSystem)
        let held = plan.data.evaluationNames
        for name in held.isEmpty ? plan.data.names : held { add("--dataset", name) }
        add("--dataset-dir", plan.data.folder)
        if held.isEmpty, plan.data.validationSize > 0 {
            add("--val-size", plan.data.validationSize.settingText)
        }
        add("--seed", String(plan.seed))
        add("--stage", plan.stage.rawValue)
        add("--cutoff-len", String(plan.encoding.cutoffLength))
        add("--batch-size", String(plan.evaluation.batchSize))
        add("--max-samples", plan.data.samplesMax.map(String.init))
        if plan.encoding.splitsSpecialTokens { words.append("--split-special-tokens") }
        if !plan.output.folder.isEmpty { add("--output-dir", plan.output.folder) }
        add("--infer-dtype", drawing.type?.rawValue)
        guard
            ["do_predict", "predict_with_generate"].contains(where: { isOn($0, document) == true })
        else { return words }
        // LLaMA-Factory draws unless its file says otherwise; our command takes the likeliest token.
        words.append("--predict")
        add("--max-new-tokens", String(drawing.newTokensMax ?? ChatPlan.newTokensStandard))
        add("--repetition-penalty", drawing.repetitionPenalty?.settingText)
        if drawing.samples != false {
            add("--temperature", (drawing.temperature ?? 0.95).settingText)
            add("--top-p", (drawing.topP ?? 0.7).settingText)
            add("--top-k", drawing.topK.map(String.init))
            add("--min-p", drawing.minP?.settingText)
        }
        return words
    }
}
