// Nine tabs in every width: no key is lost while there is room for the keys, and the open tab keeps its
// name as long as anything does.

import Testing

@testable import Panels

@Suite struct TabBarTests {
    private static let names = [
        "Model", "Dataset", "Params", "Train", "Chat", "Export", "Runs", "Evaluate", "Logs",
    ]
    private static let chinese = ["模型", "数据", "参数", "训练", "对话", "导出", "记录", "评估", "日志"]

    private func row(
        _ names: [String] = names, selected: Int, width: Int, chip: String? = nil
    ) -> String {
        let tabs = names.enumerated().map {
            TabBar.Tab(key: "\($0.offset + 1)", title: DisplayText($0.element))
        }
        var frame = Frame(size: Size(width, 1))
        TabBar(
            tabs: tabs, selected: selected, chip: chip.map { StyledLine(DisplayText($0), .plain) }
        ).render(in: frame.area, on: &frame, theme: .mono)
        return frame.text(ofRow: 0)
    }

    @Test func wideScreensHaveAllNames() {
        for name in Self.names { #expect(row(selected: 0, width: 100).contains(name)) }
        // Closer together they fit into eighty columns.
        for name in Self.names { #expect(row(selected: 7, width: 80).contains(name)) }
    }

    @Test(arguments: [0, 1, 4, 7, 8])
    func theOpenTabKeepsItsName(selected: Int) {
        for names in [Self.names, Self.chinese] {
            for width in 40...130 {
                for chip in [nil, "▶ sft-03 41%", "▶ a-long-name-of-a-run 100%"] {
                    let text = row(names, selected: selected, width: width, chip: chip)
                    for digit in 1...9 {
                        #expect(text.contains("\(digit)"), "\(width) \(text)")
                    }
                    #expect(text.contains(names[selected].prefix(4)), "\(width) \(text)")
                }
            }
        }
    }

    @Test func aChipHasItsPlaceBesideTheTabs() {
        for (index, name) in Self.names.enumerated() {
            let text = row(selected: index, width: 80, chip: "▶ run-12 41%")
            #expect(text.contains(name.count > 6 ? String(name.prefix(4)) : name))
            #expect(text.contains(" ▶ run-12 41%"))
        }
    }
}
