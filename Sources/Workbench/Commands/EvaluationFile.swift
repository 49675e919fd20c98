// LLaMA-Factory's files that evaluate or predict, as the options of our own command: what they ask for and the
// command has not is refused by its key.

import Kernel

/// A settings file for `workbench evaluate`.
enum EvaluationFile {
    /// The options that a file stands for, and what there is to say about it.
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
        issues += plan.pathIssues() + refusals(plan, document)
        let found = PlanReading(plan: plan, issues: issues)
        let checked = try found.checked(at: path)
        return (
            try words(checked, document), issues.filter { $0.severity != .error }
        )
    }

    /// Keys that the command answers itself.
    private static let answered: Set = [
        "do_predict", "predict_with_generate", "do_train", "do_eval",
    ]
    private static let generating: Set = [
        "do_sample", "temperature", "top_p", "top_k", "max_new_tokens", "repetition_penalty",
        "num_beams", "infer_dtype", "skip_special_tokens",
    ]

    private static func isOn(_ key: String, _ document: SettingDocument) -> Bool? {
        document.node(key).flatMap { node in try? Bool(setting: node) }
    }

    private static func text(_ key: String, _ document: SettingDocument) -> String? {
        if case .scalar(let text)? = document.node(key)?.content { text } else { nil }
    }

    /// What the file asks for and the command has not.
    private static func refusals(
        _ plan: TrainingPlan, _ document: SettingDocument
    ) -> [PlanIssue] {
        let blank = TrainingPlan()
        let here = "is not in workbench evaluate; leave it out."
        var issues: [PlanIssue] = []
        func refuse(_ isUsed: Bool, _ key: String, _ why: String = here) {
            if isUsed { issues.append(.error(key, why)) }
        }
        refuse(plan.quantizes, "quantization_bit")
        refuse(plan.encoding.defaultSystem != nil, "default_system")
        refuse(plan.encoding.trainsOnPrompt, "train_on_prompt")
        refuse(plan.encoding.masksHistory, "mask_history")
        refuse(plan.shuffleSeed != plan.seed, "data_seed")
        refuse(plan.data.mixing != blank.data.mixing, "mix_strategy")
        let sets = plan.data.evaluationNames + plan.data.names
        refuse(
            plan.data.samplesMax != nil && sets.count > 1, "max_samples",
            "goes with one data set here; evaluate them one by one.")
        for (key, standard) in [
            ("top_k", "50"), ("repetition_penalty", "1"), ("num_beams", "1"),
        ] {
            let value = text(key, document).flatMap(SettingNumber.parse)
            refuse(value.map { $0 != SettingNumber.parse(standard) } ?? false, key)
        }
        return issues
    }

    private static func words(
        _ plan: TrainingPlan, _ document: SettingDocument
    ) throws(KernelError) -> [String] {
        var words: [String] = []
        func add(_ option: String, _ value: String?) {
            if let value { words.append("\(option)=\(value)") }
        }
        add("--model", plan.model.path)
        for adapter in plan.model.adapters { add("--adapter", adapter) }
        add("--template", plan.encoding.template)
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
        add("--limit", plan.data.samplesMax.map(String.init))
        if !plan.output.folder.isEmpty { add("--output-dir", plan.output.folder) }
        add("--infer-dtype", text("infer_dtype", document))
        guard
            ["do_predict", "predict_with_generate"].contains(where: { isOn($0, document) == true })
        else { return words }
        // LLaMA-Factory draws unless its file says otherwise; our command takes the likeliest token.
        words.append("--predict")
        add("--max-new-tokens", text("max_new_tokens", document) ?? "1024")
        if isOn("do_sample", document) != false {
            add("--temperature", text("temperature", document) ?? "0.95")
            add("--top-p", text("top_p", document) ?? "0.7")
        }
        return words
    }
}
