// A terminal in memory, for tests: frames are kept, input comes from a script. When the script is
// over it waits for messages as long as it is set to, then it hangs up.

import Foundation

/// A terminal whose screen is the last frame and whose keyboard is a script.
public final class MemoryTerminal: Terminal {
    /// Columns and rows.
    public private(set) var size: Size
    /// How many colours it claims.
    public let colorDepth: ColorDepth
    /// Whether it claims more than ASCII.
    public let isUTF8: Bool
    /// Whether the script has it shown.
    public private(set) var isVisible = true
    /// Every frame that was drawn.
    public private(set) var frames: [Frame] = []
    /// What happened besides drawing, in order: `suspend`, `restore`, `stop`, `close`, titles.
    public private(set) var journal: [String] = []
    /// How often it was waited for.
    public private(set) var waitCount = 0

    private var script: [[TerminalInput]]
    private let patience: Duration

    /// A terminal that answers each wait with the next batch, then waits for messages, then hangs up.
    public init(
        size: Size, script: [[TerminalInput]] = [], patience: Duration = .zero,
        colorDepth: ColorDepth = .full, isUTF8: Bool = true
    ) {
        self.size = size
        self.script = script
        self.patience = patience
        self.colorDepth = colorDepth
        self.isUTF8 = isUTF8
    }

    /// The screen: the last frame.
    public var screen: Frame { frames.last ?? Frame(size: size) }

    public func draw(_ frame: Frame) { frames.append(frame) }

    public func wait(timeout: Duration?, wake: Int32) -> [TerminalInput] {
        waitCount += 1
        if !script.isEmpty {
            let batch = script.removeFirst()
            for input in batch {
                switch input {
                case .resize(let next): size = next
                case .shown: isVisible = true
                case .hidden: isVisible = false
                default: break
                }
            }
            return batch
        }
        // A limit shorter than the patience is a tick or a frame that is due, not silence.
        let ready = Wake.wait([wake], for: min(timeout ?? patience, patience))
        if ready.contains(wake) { return [.woken] }
        return timeout.map { $0 < patience } == true ? [] : [.closing(.hangup)]
    }

    public func suspend() { journal.append("suspend") }
    public func restore() { journal.append("restore") }
    public func stopProcess() { journal.append("stop") }
    public func repaint() { journal.append("repaint") }
    public func setMouse(_ isOn: Bool) { journal.append(isOn ? "mouse on" : "mouse off") }
    public func ring() { journal.append("ring") }
    public func setTitle(_ title: DisplayText) { journal.append("title \(title)") }
    public func close() { journal.append("close") }
}
