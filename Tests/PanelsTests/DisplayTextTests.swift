import Testing

@testable import Panels

@Test func plainTextIsKept() { #expect(DisplayText("plain").string == "plain") }
