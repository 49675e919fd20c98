// Disk calls of which chosen ones fail: the n-th of a kind, or all that concern a path.

import Foundation
import Synchronization
import Testing

@testable import Kernel

/// The kinds of calls behind DiskCalls.
enum DiskCall: String, CaseIterable {
    case create, open, write, truncate, synchronize, close, rename, exchange, makeFolder, unlink
    case removeFolder
}

extension DiskCalls {
    /// Everything as on the real disk, but a sync costs nothing: nobody cuts the power of a test.
    static var hasty: DiskCalls {
        var calls = DiskCalls()
        calls.synchronize = { fcntl($0, F_GETFD) < 0 ? -1 : 0 }
        return calls
    }

    /// These calls, each asked first whether it fails: the answer is an errno, or 0.
    func failing(
        _ fate: @escaping @Sendable (_ call: DiskCall, _ path: String) -> Int32
    ) -> DiskCalls {
        let real = self
        var calls = self
        let paths = OpenPaths()
        @Sendable func strikes(_ call: DiskCall, _ path: String) -> Bool {
            let code = fate(call, path)
            if code != 0 { errno = code }
            return code != 0
        }
        calls.create = { path in
            if strikes(.create, path) { return -1 }
            return paths.keep(real.create(path), path)
        }
        calls.open = { path, flags in
            if strikes(.open, path) { return -1 }
            return paths.keep(real.open(path, flags), path)
        }
        calls.write = { strikes(.write, paths[$0]) ? -1 : real.write($0, $1, $2) }
        calls.truncate = { strikes(.truncate, paths[$0]) ? -1 : real.truncate($0, $1) }
        calls.synchronize = { strikes(.synchronize, paths[$0]) ? -1 : real.synchronize($0) }
        calls.close = { descriptor in
            // A failed close still gives the descriptor back.
            let fails = strikes(.close, paths[descriptor])
            let code = errno
            let result = real.close(descriptor)
            errno = code
            return fails ? -1 : result
        }
        calls.rename = { strikes(.rename, $1) ? -1 : real.rename($0, $1) }
        calls.exchange = { strikes(.exchange, $1) ? -1 : real.exchange($0, $1) }
        calls.makeFolder = { strikes(.makeFolder, $0) ? -1 : real.makeFolder($0) }
        calls.unlink = { strikes(.unlink, $0) ? -1 : real.unlink($0) }
        calls.removeFolder = { strikes(.removeFolder, $0) ? -1 : real.removeFolder($0) }
        return calls
    }

    /// Opening a file whose path holds `part` fails.
    static func refusing(_ part: String, _ code: Int32) -> DiskCalls {
        hasty.failing { call, path in
            (call == .open || call == .create) && path.contains(part) ? code : 0
        }
    }

    /// Lets `body` work with these calls.
    func during<Value>(_ body: () throws -> Value) rethrows -> Value {
        try DiskCalls.$current.withValue(self, operation: body)
    }
}

/// The paths of open descriptors.
final class OpenPaths: Sendable {
    private let paths = Mutex<[Int32: String]>([:])

    func keep(_ descriptor: Int32, _ path: String) -> Int32 {
        if descriptor >= 0 { paths.withLock { $0[descriptor] = path } }
        return descriptor
    }

    subscript(descriptor: Int32) -> String { paths.withLock { $0[descriptor] ?? "" } }
}

/// Counts calls and fails one of them.
final class NthCall: Sendable {
    private let count = Atomic<Int>(0)
    private let hits = Atomic<Int>(0)
    let call: DiskCall
    let number: Int
    let code: Int32
    let part: String

    /// The `number`-th call on a path with `part` in it fails; 0: none, they are counted.
    init(_ call: DiskCall, _ number: Int, _ code: Int32, part: String) {
        (self.call, self.number, self.code, self.part) = (call, number, code, part)
    }

    var calls: Int { count.load(ordering: .relaxed) }
    var hasStruck: Bool { hits.load(ordering: .relaxed) > 0 }

    func fate(_ call: DiskCall, _ path: String) -> Int32 {
        guard call == self.call, path.contains(part) else { return 0 }
        guard count.wrappingAdd(1, ordering: .relaxed).newValue == number else { return 0 }
        hits.wrappingAdd(1, ordering: .relaxed)
        return code
    }
}
