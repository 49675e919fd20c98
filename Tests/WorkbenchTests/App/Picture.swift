// How the states of the interface are pictured: in English as stored text, in Chinese by what must hold
// of every frame, and one Chinese picture a tab for the widths. It knows no tab.

import Panels
import TestSupport

@testable import Workbench

/// Pictures of the whole interface or of one tab.
enum Picture {
    /// The states whose Chinese picture is stored, at 80×24: one of each tab, and one overlay.
    static let inChinese: Set<String> = [
        "model", "dataset", "params", "Train-running", "chat", "export", "runs",
        "evaluate-answers", "logs", "help",
    ]

    /// What the samples' people, files and kernel say: it stays English in Chinese.
    private static let quoted = [
        "Order 88213, what now?", "You can check the tracking number", "call the carrier.",
        "Thank you. I have opened a trace with the carrier", "The person wants the time.",
        "the file does not exist", "the file's chat template is", "the architecture is",
        "template is ChatML", "there is no model", "cannot read the weights",
        "cannot write the export", "cannot open the adapter", "must end with an answer",
        "not yet in this version", "Ready: press S or F5 to start the run",
        "the header says 91 MB, the file has 12 MB", "the folder exists and is not empty",
        "and a long one",
        "opened a trace with the", "adapter_config.json is missing",
        "this program runs on the processor", "pad and eos are the", "Fetch the model again",
        "the disk is full",
    ]

    /// What is wrong with a frame; nil when it is as it should be.
    static func fault(
        _ frame: Frame, _ name: String, _ language: Language = .english,
        testFile: String = #filePath
    ) -> String? {
        if let fault = TabPicture.fault(of: frame, drawnIn: frame.area) {
            return "\(name): \(fault)\n\(frame.text)"
        }
        let size = "\(frame.size.width)x\(frame.size.height)"
        guard language == .chinese else {
            return Snapshot.difference(frame, named: "\(name)-\(size)", testFile: testFile)
        }
        if let row = englishRow(of: frame) { return "\(name): English: \(row)" }
        guard frame.size == Size(80, 24), inChinese.contains(name) else { return nil }
        return Snapshot.difference(frame, named: "\(name)-\(size)-zh", testFile: testFile)
    }

    /// The first row with English sentences in it.
    static func englishRow(of frame: Frame) -> String? {
        for row in 0..<frame.size.height {
            var text = frame.text(ofRow: row)
            for part in quoted { text = text.replacing(part, with: "") }
            if text.contains(/\b(?:the|and|with|press|next|choose|what|is|not)\b/) {
                return text
            }
        }
        return nil
    }
}
