// workbench doctor: what this machine is and what the program uses of it.

import ArgumentParser
import Foundation
import Kernel

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Report on CPU, memory, libraries, terminal and folders.")

    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    /// What is used, and what the processor has when that is more.
    private var instructionSet: String {
        let (used, best) = (InstructionSet.current, InstructionSet.best)
        return used == best
            ? used.rawValue : "\(used.rawValue) (the processor has \(best.rawValue))"
    }

    /// The implementation of matrix products in a precision.
    private func multiplier(_ precision: Precision) -> String {
        switch MatmulBackend(precision) {
        case .library(.openBLAS): "OpenBLAS"
        case .library(.oneDNN): "oneDNN"
        case .tiles(.float32): "own tiles (--backend tells otherwise)"
        case .tiles(.bfloat16):
            Precision.hasBFloat16 ? "own tiles, AVX512_BF16" : "computed in float32"
        }
    }

    /// How much of oneDNN is here; it is opened for that, and by `--backend onednn`.
    private var oneDNN: String {
        do throws(KernelError) {
            let found = try OneDNN.opened()
            return "\(found.version) (\(found.file))" + (found.hasBFloat16 ? ", bf16 too" : "")
        } catch {
            return tr(error.why ?? error.what)
        }
    }

    /// How much of OpenBLAS is here; other commands open it only for the products that it computes.
    private var openBLAS: String {
        do throws(KernelError) {
            let found = try OpenBLAS.opened()
            return "\(found.description) (\(found.file), opened when it computes)"
        } catch {
            return "\(error.why ?? error.what); our own panels multiply instead"
        }
    }

    /// How many threads, and what limits them.
    private var threads: String {
        let allowed = AllowedProcessors.here
        guard machine.threads == nil, let bound = allowed.bound else {
            return "\(Parallel.threadCount)"
        }
        return "\(Parallel.threadCount) (\(bound) allows no more)"
    }

    /// What the machine has, and how much of it this process may still take.
    private var memory: String {
        let machine = NumberText.bytes(Int(clamping: ProcessInfo.processInfo.physicalMemory))
        guard let bound = AllowedMemory(.here).tightest else { return machine }
        let limit = bound.limit.map { " of \(NumberText.bytes($0))" } ?? ""
        return "\(machine), \(NumberText.bytes(bound.left))\(limit) free by \(bound.name)"
    }

    func run() throws {
        try reportAndExit(json: answer.json) { try report() }
    }

    private func report() throws {
        try machine.apply()
        let environment = ProcessInfo.processInfo.environment
        let plain = try Paths(environment: environment)
        let paths = plain.adopting(SettingsFile.read(path: plain.settingsFile).plan)
        let rows: [(String, String)] = [
            ("version", WorkbenchCommand.version), ("threads", threads),
            ("instruction set", instructionSet),
            ("float32 products", multiplier(.float32)), ("bf16 products", multiplier(.bfloat16)),
            ("OpenBLAS", openBLAS), ("oneDNN", oneDNN),
            ("memory", memory),
            ("terminal", environment["TERM"] ?? "none"),
            (
                "locale",
                environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "C"
            ),
            ("models", paths.models), ("runs", paths.runs), ("settings", paths.settingsFile),
            ("log", paths.logFile),
        ]
        if answer.json {
            Output.json(
                .object(
                    JSONObject(uniqueKeysWithValues: rows.map { ($0.0, JSONValue.string($0.1)) })))
        } else {
            for (name, value) in rows {
                Output.row(name.padding(toLength: 18, withPad: " ", startingAt: 0) + value)
            }
        }
    }
}
