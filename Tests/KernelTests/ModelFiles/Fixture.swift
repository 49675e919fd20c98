// Finds and reads the committed reference data.

import Foundation
import Testing

@testable import Kernel

/// Files under Tests/KernelTests/Fixtures.
enum Fixture {
    static func path(_ name: String) throws -> String {
        let root = try #require(Bundle.module.resourcePath, "the test bundle has no resources")
        return root + "/Fixtures/" + name
    }

    static func json(_ name: String) throws -> JSONValue { try JSONValue(contentsOf: path(name)) }
}

extension JSONValue {
    var floats: [Float] { (array ?? []).compactMap { $0.double.map { Float($0) } } }
    var ids: [Int32] { (array ?? []).compactMap { $0.integer.map { Int32($0) } } }
    /// The member, or a test failure naming it.
    func member(_ key: String) throws -> JSONValue {
        try #require(self[key], "no \(key) in the fixture")
    }
}
