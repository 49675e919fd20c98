// The commands' own description: names, options and help, as the argument parser dumps them. The manual
// page is made of it, and tests walk it.

import ArgumentParser
import Kernel

/// A command and what is below it.
struct CommandTree {
    /// An argument, an option or a flag.
    struct Argument {
        enum Kind: String { case positional, option, flag }
        var kind: Kind
        /// `--threads`, `-q`; none for an argument by place.
        var names: [String]
        var valueName: String
        var abstract: String
        var discussion: String
        var standard: String?
        var values: [String]
        var isOptional: Bool
        var isRepeating: Bool
        var isShown: Bool
    }

    /// The words that call it, the program's name in front.
    var path: [String]
    var abstract: String
    var discussion: String
    var arguments: [Argument]
    var subcommands: [CommandTree]
    var isShown: Bool

    /// It and everything below it, in the order of the help.
    var all: [CommandTree] { [self] + subcommands.flatMap(\.all) }

    /// Every command of the program.
    static func program() throws(KernelError) -> CommandTree {
        let json = try JSONValue(parsing: WorkbenchCommand._dumpHelp(), source: "the help")
        guard let command = json["command"] else {
            throw KernelError(.internalFault, "the argument parser's help has another form")
        }
        return CommandTree(command, below: [])
    }

    private init(_ json: JSONValue, below: [String]) {
        let path = below + [json["commandName"]?.string ?? ""]
        self.path = path
        abstract = json["abstract"]?.string ?? ""
        discussion = json["discussion"]?.string ?? ""
        isShown = json["shouldDisplay"]?.bool ?? true
        arguments = (json["arguments"]?.array ?? []).compactMap(Argument.init)
        subcommands = (json["subcommands"]?.array ?? []).map { CommandTree($0, below: path) }
    }

    /// The line that shows how it is called.
    var synopsis: String {
        let words = arguments.filter(\.isShown).filter { $0.kind == .positional }.map { argument in
            let word = argument.valueName + (argument.isRepeating ? " ..." : "")
            return argument.isOptional ? "[\(word)]" : word
        }
        return (path + (subcommands.isEmpty ? [] : ["[command]"]) + ["[options]"] + words)
            .joined(separator: " ")
    }
}

extension CommandTree.Argument {
    fileprivate init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        names = (json["names"]?.array ?? []).compactMap { name in
            name["name"]?.string.map { (name["kind"] == "short" ? "-" : "--") + $0 }
        }
        valueName = json["valueName"]?.string ?? ""
        abstract = json["abstract"]?.string ?? ""
        discussion = json["discussion"]?.string ?? ""
        standard = json["defaultValue"]?.string
        values = (json["allValueStrings"]?.array ?? json["allValues"]?.array ?? [])
            .compactMap(\.string)
        isOptional = json["isOptional"]?.bool ?? false
        isRepeating = json["isRepeating"]?.bool ?? false
        isShown = json["shouldDisplay"]?.bool ?? true
    }

    /// How it is written: `-q, --quiet`, `--threads <threads>`.
    var term: String {
        guard kind != .positional else { return valueName }
        return names.sorted { $0.count < $1.count }.joined(separator: ", ")
            + (kind == .option ? " <\(valueName)>" : "")
    }

    /// What it is for, with its values and what it is unless given.
    var help: String {
        var sentences = [abstract, discussion].filter { !$0.isEmpty }
        let unspoken = values.filter { !abstract.contains($0) && !discussion.contains($0) }
        if !unspoken.isEmpty { sentences.append("Values: \(values.joined(separator: ", ")).") }
        if let standard, kind == .option { sentences.append("Default: \(standard).") }
        return sentences.joined(separator: "\n")
    }
}
