// Broken tokenizers, data sets and chat templates: refused in clean words, or used without a trap and
// within bounds of work.
@testable import Kernel

extension FuzzReader {
    /// tokenizer.json: what is accepted encodes a text to ids of its vocabulary and decodes them.
    static let tokenizer = FuzzReader(
        "tokenizer", longest: 16_384, reaches: ["badData", "unavailable"]
    ) { numbers in
        tokenizerMutator.mutant(&numbers)
    } read: { text in
        judged { () throws(KernelError) in
            let json = try JSONValue(parsing: text, source: "tokenizer.json")
            let definition = try TokenizerDefinition(
                tokenizer: json, config: json["config"], specialTokensMap: json["map"],
                addedTokens: json["added"], origin: "tokenizer.json")
            let tokenizer = try TokenizerLoader.load(definition).tokenizer
            for allowSpecial in [false, true] {
                let ids = tokenizer.encodeWhole(sampleText, allowSpecial: allowSpecial)
                guard ids.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
                    return "ids \(ids) of \(tokenizer.vocabularySize)"
                }
                _ = tokenizer.decode(ids, skipSpecial: true)
            }
            return nil
        }
    }

    private static let sampleText = "abb ab<s>ba\u{0}é e\u{301} 中文 12345 \r\n\n \u{FEFF}😀 don't"

    private static let tokenizerMutator = TextMutator(
        [
            #"{"added_tokens":[{"id":4,"content":"<s>","special":true,"normalized":false,"#
                + #""lstrip":false,"rstrip":false,"single_word":false}],"normalizer":null,"#
                + #""decoder":{"type":"ByteLevel"},"pre_tokenizer":{"type":"ByteLevel","#
                + #""add_prefix_space":false,"use_regex":true},"model":{"type":"BPE","#
                + #""vocab":{"a":0,"b":1,"ab":2,"abb":3,"Ã":5,"©":6,"Ċ":7,"Ġ":8,"Ġa":9},"#
                + #""merges":["a b",["ab","b"],"Ġ a"]},"config":{"add_bos_token":true,"bos_token":"<s>","#
                + #""added_tokens_decoder":{"10":{"content":"<e>","special":true}}},"#
                + #""map":{"eos_token":{"content":"<e>"}}}"#,
            #"{"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"}]},"model":{"type":"BPE","#
                + #""ignore_merges":true,"byte_fallback":false,"vocab":{"<unk>":0,"a":1,"b":2,"1":3},"#
                + #""merges":[],"unk_token":"<unk>"},"pre_tokenizer":{"type":"Sequence","#
                + #""pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","#
                + #""add_prefix_space":false,"use_regex":true}]},"decoder":{"type":"ByteLevel"}}"#,
        ].map { Array($0.utf8) },
        words: TextMutator.json + [
            "NFC", "NFKC", "Split", "Regex", "Isolated", "ByteLevel", "Digits", "WordPiece",
            "lstrip", "rstrip", "single_word", "normalized", "\"special\":false", "ab", "Ġ", "Ã",
            "<s>", "post_processor", "TemplateProcessing", "\"dropout\":0.1", "fuse_unk",
            "\"z\":11,",
        ], longest: 16_384)

    /// A data set in one of four layouts: boundaries lie in order inside the file, every record is read or
    /// refused, and its fields become an example or a fault.
    static let records = FuzzReader(
        "data sets", longest: 16_384,
        reaches: ["boundary", "unreadable", "missingField", "wrongType"]
    ) { numbers in
        recordMutator.mutant(&numbers)
    } read: { bytes in
        RecordJudge.verdict(bytes)
    }

    private static let recordMutator = TextMutator(
        [
            #"[{"instruction":"Say \"hi\"","input":"","output":"hi","history":[["a","b"]]},"#
                + "\n" + #"{"instruction":"x","output":"é中"}]"#,
            #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}"# + "\n"
                + #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","#
                + #""train":false}]}"# + "\n",
            #"{"text":"one"} {"text":"two"}{"text":"three"}"#,
            "instruction,output\n\"a, \"\"b\"\"\",c\r\nx,\"two\nlines\"\n",
            "instruction,input,output\n1,NA,\n,,\n",
        ].map { Array($0.utf8) },
        words: TextMutator.json + [
            "\"\"", "\r", ",,", "system", "tools", "gpt", "human", "observation", "function_call",
            "\"weight\":0,", "\"loss\":0.5,", "chosen", "rejected", "images", "content", "}{",
        ], longest: 16_384)

    /// A chat template with a short conversation, within a tenth of the usual budget.
    static let template = FuzzReader(
        "chat templates", longest: 8_192, reaches: ["badData"]
    ) { numbers in
        templateMutator.mutant(&numbers)
    } read: { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        return judged { () throws(KernelError) in
            var limits = JinjaLimits()
            (limits.steps, limits.outputBytes, limits.madeBytes) = (20_000, 1 << 16, 1 << 19)
            let template = try JinjaTemplate(text, limits: limits)
            let result = try template.render(conversation)
            // The data raise the limits by a little.
            return result.utf8.count < 1 << 17 ? nil : "\(result.utf8.count) bytes"
        }
    }

    private static let conversation: [String: JSONValue] = [
        "messages": [
            ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hé 中?"],
            ["role": "assistant", "content": "Yes.", "tool_calls": [["name": "f"]]],
        ],
        "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": true,
        "tools": [["type": "function", "function": ["name": "f", "parameters": [:]]]],
    ]

    private static let templateMutator = TextMutator(
        [
            "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
                + "{{ '[INST] ' + message['content'].strip() + ' [/INST]' }}{% elif not loop.last %}"
                + "{{ message.content | trim ~ eos_token }}{% endif %}{% endfor %}",
            "{%- set ns = namespace(n=0, last='') -%}{%- for m in messages[::-1] if m.content %}"
                + "{%- set ns.n = ns.n + loop.index0 * 2 // 3 %}{{ loop.index ~ ': ' }}"
                + "{{- m.content | upper | replace('E', 'x', 1) }}{% else %}none{% endfor %}"
                + "{{ '%05.2f|%s' | format(ns.n, ns.last) }}",
            "{% macro say(x, y=3) %}<{{ x | tojson(indent=2) }}|{{ y }}>{% endmacro %}"
                + "{{ say(tools[0]) }}{% call say([1, 2.5, none]) %}{% endcall %}"
                + "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content')"
                + " | join(', ') }}{{ messages[0].content[1:-1:2].split('e')[0] }}",
            "{{ range(10) | list | sum }}{{ {'a': (1, 2)}.items() | list }}{{ 'x' * 20 }}"
                + "{% if messages is defined and 'a' in 'abc' or not tools %}{{ raise_exception('no') }}"
                + "{% endif %}{# note #}{% raw %}{{ }}{% endraw %}{% generation %}a{% endgeneration %}",
        ].map { Array($0.utf8) },
        words: [
            "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "|", "(", ")", "[", "]", "**", "*",
            "//",
            "%", "~", "is", "not", "in", "and", "or", "if", "else", "for", "endfor", "endif", "set",
            "macro", "range(99999)", "9**9", "'ab'*99", "|tojson", "|length", "|sort", "|batch(2)",
            "|reverse", "|dictsort", "|indent(9)", "|center(99)", "|wordwrap(3)", "|unique",
            "|groupby('role')", ".format(1)", ".join(messages)", ".replace('','x')",
            "loop.previtem",
            "self", "caller()", "cycler(1,2)", "messages", "none", "true", "1e9", "loop.cycle(1,2)",
            ".__class__", "|attr('x')", "strftime_now('%Y')", "[::0]", "[-1]", "lipsum()", "''",
        ], longest: 8_192)
}

/// Looks at a data set file as all of its layouts.
private enum RecordJudge {
    static func verdict(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        let first = bytes.first { !RecordBoundaries.isSpace($0) }
        let isArray = first == UInt8(ascii: "[")
        let isObjects = first == UInt8(ascii: "{")
        do throws(BoundaryFailure) {
            let spans =
                if isArray {
                    try RecordBoundaries.elements(bytes)
                } else if isObjects {
                    RecordBoundaries.objects(bytes)
                } else {
                    try RecordBoundaries.rows(bytes)
                }
            return verdict(spans, of: bytes, isJSON: isArray || isObjects)
        } catch {
            guard (0...bytes.count).contains(error.offset), isClean(error.reason.description) else {
                return .wrong("\(error)")
            }
            return .refused("boundary")
        }
    }

    private static func verdict(
        _ spans: [RecordSpan], of bytes: UnsafeRawBufferPointer, isJSON: Bool
    ) -> Verdict {
        var end = 0
        var fault: RecordFault?
        for span in spans {
            guard span.range.lowerBound >= end, span.range.upperBound <= bytes.count else {
                return .wrong("\(span) behind \(end) of \(bytes.count)")
            }
            end = span.range.upperBound
            do throws(RecordFault) {
                try read(UnsafeRawBufferPointer(rebasing: bytes[span.range]), isJSON: isJSON)
            } catch {
                guard isClean(error.detail.description) else { return .wrong("\(error)") }
                fault = fault ?? error
            }
        }
        return fault.map { .refused($0.kind.rawValue) } ?? .accepted
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, isJSON: Bool
    ) throws(RecordFault) {
        var record = DataRecord(number: 1, line: 1, fields: [:])
        if isJSON {
            var limits = JSONLimits()
            limits.depth = RecordLimits().depth
            try record.readJSON(bytes, limits: limits)
        } else {
            let values = try RecordBoundaries.fields(of: bytes, maximum: 64)
            for (name, value) in zip(["instruction", "input", "output"], values) {
                record.fields[name] = .string(try RecordFile.validText(value))
            }
        }
        guard let style = RecordStyle.guessed(from: record.fields) else {
            throw RecordFault(.missingField, "no style")
        }
        _ = try Columns(style: style, objective: .supervised).example(from: record.fields)
    }
}
