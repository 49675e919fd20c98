// Simplified Chinese: what is said while curves are read.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let plots = #"""
        Reading… {1}%
        正在读取… {1}%
        """#
}
