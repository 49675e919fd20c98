// One drawing per widget, with something of everything: wide text, long text, issues, selection.
// Snapshots, tiny sizes and random sizes all use these.

import Foundation
import Testing

@testable import Panels

/// A widget that can be drawn into any rectangle.
struct WidgetCase: CustomTestStringConvertible, Sendable {
    let name: String
    let draw: @Sendable (Rect, inout Frame, Theme) -> Void
    var testDescription: String { name }

    /// Where the roles of a widget's cells are pictured.
    static let rolesSize = Size(72, 16)

    static let all: [WidgetCase] = [
        WidgetCase(name: "TabBar") { area, frame, theme in
            let names = [
                "Model", "Dataset", "Params", "Train", "Chat", "Export", "Runs",
                "Evaluate", "Logs",
            ]
            let tabs = names.enumerated().map {
                TabBar.Tab(key: "\($0.offset + 1)", title: DisplayText($0.element))
            }
            TabBar(tabs: tabs, selected: 3, chip: StyledLine("▶ sft-03 41%", theme[.success]))
                .render(in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "Pane") { area, frame, theme in
            Pane(title: "模型 Models", note: "12/48", isFocused: true)
                .render(in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "List") { area, frame, theme in
            let rows = (0..<60).map {
                StyledLine("row \($0) 中文", theme[$0 % 7 == 0 ? .warning : .text])
            }
            var state = ListState(visibleRows: area.height)
            state.select(31, count: rows.count)
            List(rows: rows).render(state, in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "Table") { area, frame, theme in
            let rows: [[DisplayText]] = (0..<30).map {
                ["Qwen3-\($0)B-模型-with-a-long-name", "\($0).2B", $0 % 3 == 0 ? "ok" : "qlora"]
            }
            var state = ListState()
            state.select(2, count: rows.count)
            Table(
                columns: [
                    Table.Column("NAME", width: .fill()),
                    Table.Column("PARAMS", width: .fixed(8), align: .right),
                    Table.Column("FIT", width: .fixed(6)),
                ], rows: rows, roles: [4: .error]
            ).render(state, in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "Form") { area, frame, theme in
            FormCase.form.render(FormCase.editing, in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "TextField") { area, frame, theme in
            TextField().render(
                TextField.State(text: "path/到/模型/" + String(repeating: "long", count: 30)),
                in: area,
                on: &frame, theme: theme)
        },
        WidgetCase(name: "TextArea") { area, frame, theme in
            TextArea().render(
                TextArea.State(
                    text: "How do I reset my router?\n请问怎么修改绑定的手机号码？"
                        + String(repeating: "很长", count: 40)), in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "TextView") { area, frame, theme in
            var state = TextViewState()
            for step in 0..<50 {
                state.append(
                    StyledLine([
                        Span("14:2\(step % 10) ", theme[.dim]),
                        Span(
                            "step \(step) loss 1.\(step) 损失 and more words than fit into one row of "
                        ),
                        Span("eighty columns", theme[.accent]),
                    ]))
            }
            state.fit(to: area.size)
            state.scroll(by: -5)
            TextView().render(state, in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "Small") { area, frame, theme in
            let rows = Layout.rows(area, [.fixed(1), .fixed(1), .fixed(1), .fill()])
            Gauge(fraction: 0.41, label: "41 %").render(in: rows[0], on: &frame, theme: theme)
            Sparkline(values: [1, 2, .nan, 4, 8, 16]).render(in: rows[1], on: &frame, theme: theme)
            StatusBar(
                status: StyledLine("step 731/1782"),
                hints: [
                    KeyHint(keys: ["Space"], help: "pause"), KeyHint(keys: ["s"], help: "save"),
                    KeyHint(keys: ["x"], help: "hidden", disabledReason: "nothing runs"),
                ]
            ).render(in: rows[2], on: &frame, theme: theme)
            Toast("saved 已保存").render(in: rows[3], on: &frame, theme: theme)
        },
        WidgetCase(name: "Dialog") { area, frame, theme in
            Dialog(
                title: "Stop training sft-03?",
                lines: ["Step 731 of 1782. Last checkpoint: step 700, 22 s ago.", ""],
                buttons: [
                    Dialog.Button(key: "s", title: "stop after this step and save"),
                    Dialog.Button(key: "k", title: "kill now, lose 31 steps", isDestructive: true),
                    Dialog.Button(key: "c", title: "keep training"),
                ], defaultButton: 2
            ).render(in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "HelpOverlay") { area, frame, theme in
            HelpOverlay(sections: [
                (
                    "Train",
                    [
                        KeyHint(keys: ["Space"], help: "pause or resume"),
                        KeyHint(keys: ["^C"], help: "stop…", disabledReason: "nothing runs"),
                    ]
                ),
                ("Everywhere", (1...40).map { KeyHint(keys: ["F\($0)"], help: "action \($0)") }),
            ]).render(HelpOverlay.State(), in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "Palette") { area, frame, theme in
            var list = ListState(visibleRows: 4)
            list.select(1, count: 3)
            Palette(
                title: "Commands",
                entries: [
                    .init(title: "start the run", group: "Everywhere", key: "S"),
                    .init(title: "撤销上一次修改", group: "参数", key: "u", reason: "没有可撤销的修改"),
                    .init(title: "keep this theme"),
                ]
            ).render(TextField.State(text: "st"), list, in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "InputDialog") { area, frame, theme in
            var dialog = InputDialog(
                title: "Learning rate", lines: ["A number is the new peak."], placeholder: "1e-4")
            dialog.problem = "No number."
            dialog.render(in: area, on: &frame, theme: theme)
        },
        WidgetCase(name: "LinePlot") { area, frame, theme in
            let (plot, state) = PlotCase.training
            plot.render(state, in: area, on: &frame, theme: theme)
        },
    ]
}

/// The plot of a run under way: noise, its smoothed course, a hole, held-out losses and a cursor.
enum PlotCase {
    static var training: (plot: LinePlot, state: LinePlot.State) {
        var random = SeededGenerator(seed: 5)
        let raw = Series(
            ys: (0..<731).map { step -> Double in
                let noise = Double.random(in: -0.2...0.2, using: &random)
                let course = 1 + 1.8 * exp(-Double(step) / 120)
                return step == 300 ? .nan : course + noise
            })
        let eval = Series((1...7).map { (x: Double($0) * 100, y: 1.1 + 1.8 * exp(-Double($0))) })
        let plot = LinePlot(
            [
                LinePlot.Line(raw, name: "train", kind: .raw),
                LinePlot.Line(raw.smoothed(beta: 0.96), name: "ema"),
                LinePlot.Line(eval, name: "eval", kind: .points),
            ], xRange: 0...1782)
        var state = LinePlot.State()
        state.moveCursor(by: -200, over: raw)
        return (plot, state)
    }
}

/// The form that several tests use.
enum FormCase {
    static let form = Form([
        Form.Section(
            "Method",
            [
                Form.Field(
                    id: "method", label: "Method", editor: .choice(["lora", "full", "freeze"]),
                    value: "lora", help: "What is trained."),
                Form.Field(
                    id: "rank", label: "Rank r", editor: .integer(1...256), value: "16",
                    note: "4–256", isModified: true),
                Form.Field(
                    id: "rate", label: "Learning rate", editor: .real(1e-6...1e-2), value: "2e-4",
                    issue: Form.Issue("2× the preset", role: .warning), help: "Step size."),
            ]),
        Form.Section(
            "Data",
            [
                Form.Field(
                    id: "path", label: "数据 path", editor: .text(placeholder: "file or folder"),
                    value: ""),
                Form.Field(id: "pack", label: "Packing", editor: .toggle, value: "false"),
                Form.Field(
                    id: "off", label: "Quantization", editor: .choice(["none", "nf4"]),
                    value: "none", disabledReason: "only with LoRA"),
            ]),
    ])

    static var editing: FormState {
        var state = FormState()
        state.select(id: "rate", in: form.fields)
        _ = state.handle(.enter, fields: form.fields)
        return state
    }
}
