// The exit codes of the command line: those of sysexits.h, one for each kind of error.

import Kernel

/// What the exit code means to a script.
enum ExitStatus: Int32, Sendable, CaseIterable {
    case success = 0
    case usage = 64
    case badData = 65
    case missingInput = 66
    case unavailable = 69
    case internalFault = 70
    case cannotCreate = 73
    case inputOutput = 74
    case temporary = 75
    case permission = 77
    case configuration = 78

    /// The code of an error of the kernel.
    init(_ kind: KernelError.Kind) {
        self =
            switch kind {
            case .usage: .usage
            case .badData: .badData
            case .missingInput: .missingInput
            case .unavailable: .unavailable
            case .internalFault: .internalFault
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            case .temporary: .temporary
            case .permission: .permission
            case .configuration: .configuration
            }
    }

    /// The code of a run that a signal ended.
    static func signal(_ number: Int32) -> Int32 { 128 + number }
}
