// The manual page of the program, made of the commands' own descriptions, so that none is forgotten.
// Only what the help does not have stands here: files, variables, exit codes, examples.

import Kernel

/// workbench(1).
enum ManualPage {
    /// Options that every command has or most share; they are explained once.
    private static let shared = AnswerOptionNames.all

    static func text(_ program: CommandTree) -> String {
        let name = program.path[0]
        var page = Roff(
            title: name.uppercased(), section: 1, version: "\(name) \(WorkbenchCommand.version)")
        page.section("NAME")
        page.paragraph("\(name) - \(program.abstract)")
        page.section("SYNOPSIS")
        let commands = program.all.dropFirst().filter { isPrinted($0) }
        page.literal([name] + commands.filter { $0.path.count == 2 }.map(\.synopsis))
        page.section("DESCRIPTION")
        page.paragraph(
            """
            Fine-tunes language models on processors: it reads LLaMA-Factory's settings files, trains whole \
            models, frozen ones and LoRA adapters over full and quantized bases, talks to the result, measures \
            it and exports it. \(program.discussion)

            A run outlives its screen: it goes on when the terminal is left or closed, and comes back with \
            \(name) attach. Everything that the interface does can be done by commands that write whole lines.
            """)
        page.section("COMMANDS")
        for command in commands {
            page.part(command.path.dropFirst().joined(separator: " "))
            page.paragraph(command.abstract)
            page.paragraph(command.discussion)
            for argument in command.arguments where argument.isShown && !isShared(argument) {
                page.term(argument.term, argument.help)
            }
            let common = command.arguments.filter { $0.isShown && isShared($0) }
            if !common.isEmpty {
                page.paragraph(
                    "It takes "
                        + common.compactMap { $0.names.max { $0.count < $1.count } }
                        .joined(separator: ", ") + ".")
            }
        }
        page.section("OPTIONS")
        page.paragraph("Options that several commands share, and those of the program itself:")
        for argument in sharedArguments(program) { page.term(argument.term, argument.help) }
        page.term(
            "--generate-completion-script <shell>",
            "Print the completions for bash, zsh or fish, and leave.")
        appendix(&page, name)
        return page.text
    }

    /// Whether a command belongs on the page; hidden ones do not.
    static func isPrinted(_ command: CommandTree) -> Bool {
        command.isShown && command.path.dropFirst().first != "help"
    }

    private static func isShared(_ argument: CommandTree.Argument) -> Bool {
        argument.names.contains { shared.contains($0) }
    }

    private static func sharedArguments(_ program: CommandTree) -> [CommandTree.Argument] {
        var seen: Set<[String]> = []
        return program.all.filter { isPrinted($0) || $0.path.count == 1 }.flatMap(\.arguments)
            .filter { $0.isShown && isShared($0) && seen.insert($0.names).inserted }
    }

    // MARK: - What the help does not have

    private static func appendix(_ page: inout Roff, _ name: String) {
        page.section("FILES")
        for (path, words) in files { page.term(path, words) }
        page.section("ENVIRONMENT")
        for (variable, words) in variables { page.term(variable, words) }
        page.section("EXIT STATUS")
        for status in ExitStatus.allCases { page.term("\(status.rawValue)", status.meaning) }
        page.term("130, 143", "Ctrl-C or SIGTERM stopped it; a run has saved before.")
        page.paragraph("With --json an error is one object on standard error: error and exitCode.")
        page.section("EXAMPLES")
        for (words, lines) in examples {
            page.paragraph(words)
            page.literal(lines.map { "\(name) \($0)" })
        }
        page.section("SEE ALSO")
        page.paragraph(
            "tmux(1), jq(1). The settings, the keys and the formats: README.md and docs.")
    }

    private static let files = [
        (
            "$XDG_DATA_HOME/workbench/models",
            "Models; unless set, $XDG_DATA_HOME is ~/.local/share."
        ),
        ("$XDG_DATA_HOME/workbench/runs", "Runs that were given no folder of their own."),
        ("$XDG_DATA_HOME/workbench/chats", "Conversations that were saved."),
        (
            "$XDG_CONFIG_HOME/workbench/settings.yaml",
            "Settings of the interface: theme, language, folders; unless set, $XDG_CONFIG_HOME is ~/.config."
        ),
        ("$XDG_CONFIG_HOME/workbench/themes", "Themes of your own."),
        ("$XDG_CONFIG_HOME/workbench/presets", "Presets of your own."),
        (
            "$XDG_STATE_HOME/workbench/workbench.log",
            "What libraries say while the interface owns the screen; unless set, $XDG_STATE_HOME is ~/.local/state."
        ),
        ("saves", "Runs of the current folder, where settings files like to write."),
        ("PREFIX/share/workbench/sample-data", "Data sets and settings files to begin with."),
    ]

    private static let variables = [
        (
            "HOME",
            "Below it lie the folders of FILES unless the XDG variables say otherwise; unless it is a whole path, the home folder of the user database."
        ),
        (
            "XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME",
            "Other places for them; relative paths are ignored."
        ),
        (
            AllowedMemory.variable,
            "How much memory may be taken (64G), instead of what the system tells."
        ),
        (
            "SLURM_CPUS_PER_TASK, SLURM_CPUS_ON_NODE, SLURM_MEM_PER_NODE, SLURM_MEM_PER_CPU",
            "The most threads and memory of a batch job."
        ),
        ("TERM, COLORTERM", "The terminal and its colours."),
        ("NO_COLOR", "Any value turns colours off."),
        ("COLORFGBG", "The terminal's background, until the terminal answers itself."),
        (
            "LC_ALL, LC_CTYPE, LC_MESSAGES, LANG",
            "Chinese or English, and whether more than ASCII is shown."
        ),
        ("SSH_CONNECTION, SSH_TTY", "Over SSH the mouse is left to the terminal unless asked for."),
    ]

    private static let examples = [
        ("Open the interface with a plan:", ["ui --plan sample-data/lora-sft.yaml"]),
        (
            "Train without a screen, watch the loss, and go on after a stop with the same command:",
            [
                "train sample-data/lora-sft.yaml learning_rate=5e-4", "plot saves/benchly",
                "runs control saves/benchly pause",
            ]
        ),
        (
            "Ask the result:",
            ["chat -m MODEL.gguf --adapter saves/benchly --prompt \"Who are you?\""]
        ),
        (
            "Merge the adapter into a GGUF file:",
            ["export sample-data/export.yaml export_format=gguf export_dtype=q8_0"]
        ),
    ]
}

/// The options that commands have in common.
enum AnswerOptionNames {
    static let all: Set<String> = [
        "--json", "--quiet", "--plain", "--threads", "--backend", "--isa", "--help", "--version",
    ]
}

extension ExitStatus {
    /// What it prints, in a sentence.
    var meaning: String {
        switch self {
        case .success: "It is done."
        case .usage: "The command line asks for something that there is not."
        case .badData: "A file is damaged or of another form."
        case .missingInput: "A file or a run is not there."
        case .unavailable: "Something that is needed cannot be had here."
        case .internalFault: "A fault of the program."
        case .cannotCreate: "A file or folder cannot be made."
        case .inputOutput: "Reading or writing failed."
        case .temporary: "It may work later."
        case .permission: "It is not allowed."
        case .configuration: "A settings file asks for something wrong."
        }
    }
}
