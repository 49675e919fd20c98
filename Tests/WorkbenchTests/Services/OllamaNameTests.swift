// Names that Ollama takes, made of names of folders.

import Testing

@testable import Workbench

struct OllamaNameTests {
    @Test(arguments: [
        ("my-model", "my-model"), ("Qwen2.5_0.5B", "Qwen2.5_0.5B"),
        ("my export (1)", "my-export-1"),
        ("日本語出力", "model"), ("日本 v2", "v2"), ("-x", "x"), ("", "model"), ("a/b", "a-b"),
        ("name...", "name"), ("été", "t"),
    ])
    func aNameIsMadeOfAnyWish(wish: String, name: String) {
        #expect(OllamaName.taken(for: wish) == name)
    }

    @Test func longNamesAreCut() {
        #expect(OllamaName.taken(for: String(repeating: "a", count: 200)).count == 80)
    }
}
