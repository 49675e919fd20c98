// What `workbench --plain` prints: the interface for users without a screen to draw on, or with a screen reader.

/// Every tab as commands that write whole lines.
enum PlainGuide {
    static let text = """
        Everything that the tabs do, as commands that write whole lines and never draw over one.
        Add --json for one object a line, --quiet for errors alone.

        Model     workbench models                         models on this machine, those that can be used
                  workbench doctor                         processor, libraries, terminal
        Dataset   workbench data PLAN.yaml                 records, lengths, trained tokens, what is wrong
                  workbench data PLAN.yaml --record 0      one record as the model sees it
        Params    sample-data/lora-sft.yaml                a plan: LLaMA-Factory's YAML; key=value overrides it
        Train     workbench train PLAN.yaml                a line a step; Ctrl-C saves and stops
                  workbench runs control RUN pause         also resume, save, evaluate, stop
        Chat      workbench chat -m MODEL --adapter RUN    a conversation line by line
        Export    workbench export EXPORT.yaml             safetensors, GGUF, adapters
        Runs      workbench runs list                      also show, control
                  workbench plot RUN --plain               the losses of a run, a line a point
        Evaluate  workbench evaluate -m MODEL --predict    loss, BLEU-4, ROUGE

        workbench help COMMAND tells more.
        """
}
