// `workbench render`: the model's own template over messages of standard input, as transformers applies it.

import Foundation
import Testing

@testable import Workbench

@Suite(.serialized) struct RenderTests {
    private func room(_ template: String) throws -> ProgramRoom {
        let room = try ProgramRoom()
        _ = try room.training()
        try Data(template.utf8).write(
            to: URL(fileURLWithPath: "\(room.root)/m/chat_template.jinja"))
        return room
    }

    private static let template =
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ m.extra }}"
        + "{% endfor %}{% if tools %}{{ tools | length }}{% endif %}"
        + "{% if add_generation_prompt %}<go>{% endif %}{{ pad_token }}{{ shade }}"

    @Test func theTemplateSeesWhatIsGiven() throws {
        let room = try room(Self.template)
        let list = #"[{"role": "user", "content": "Hi 程", "extra": 7}]"#
        let ending = try room.run("echo '\(list)' | $wb render -m m")
        #expect(ending.out == "<|im_start|><user>Hi 程7<go><|endoftext|>", "\(ending)")
        #expect(ending.code == 0 && ending.err.isEmpty)
        #expect(
            try room.run("echo '\(list)' | $wb render -m m --no-prompt --json").out
                == "{\"text\":\"<|im_start|><user>Hi 程7<|endoftext|>\"}\n")
        let object =
            #"{"messages": \#(list), "tools": [1, 2], "shade": "dark", "bos_token": "B"}"#
        #expect(
            try room.run("echo '\(object)' | $wb render -m m").out
                == "B<user>Hi 程72<go><|endoftext|>dark")
    }

    /// As apply_chat_template of transformers 5.23 makes them.
    @Test func membersWithoutAValueAndThoughtsAreAsTransformersReadsThem() throws {
        let room = try room("{% for m in messages %}{{ m | tojson }}\n{% endfor %}")
        let list =
            #"[{"role": "tool", "content": null, "name": "f"}, {"role": "assistant", "reasoning": "hm"}, "#
            + #"{"role": "assistant", "thinking": "a", "reasoning_content": "b", "content": ""}]"#
        #expect(
            try room.run("echo '\(list)' | $wb render -m m").out == """
                {"role": "tool", "name": "f"}
                {"thinking": "hm", "role": "assistant", "reasoning": "hm", "reasoning_content": "hm"}
                {"thinking": "a", "role": "assistant", "reasoning_content": "b", "content": ""}

                """)
    }

    @Test func whatCannotBeRenderedIsSaid() throws {
        let room = try room("{{ raise_exception('only users here') }}")
        let list = #"[{"role": "user", "content": "Hi"}]"#
        let refused = try room.run("echo '\(list)' | $wb render -m m")
        #expect(refused.code == 65 && refused.err.contains("only users here"), "\(refused)")
        for given in ["{}", "3", "[]", #"{"messages": 3}"#] {
            let ending = try room.run("echo '\(given)' | $wb render -m m")
            #expect(ending.code == 64 && ending.err.contains("no list of messages"), "\(ending)")
        }
        #expect(try room.run("echo '[' | $wb render -m m").code == 65)
        let bare = try room.run("rm m/chat_template.jinja; echo '\(list)' | $wb render -m m")
        #expect(bare.code == 69 && bare.err.contains("no chat template of its own"), "\(bare)")
        let absent = try room.run("echo '\(list)' | $wb render -m nowhere")
        #expect(absent.code == 66, "\(absent)")
    }
}
