// Simplified Chinese: several formats exported one after another, and lines that use them.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let exports = #"""
        adapter alone
        仅适配器
        merged {1}
        合并 {1}
        formats
        格式
        Formats, marked with Space
        格式，空格键选中
        Where to
        写入位置
        mark one or more with Space
        请用空格键选中至少一种
        {1} are needed, {2} are free there
        需要 {1}，该处可用 {2}
        several formats go into folders of their own beside it
        多种格式分别写入其旁的各自文件夹
        for PEFT and vLLM, beside the base model
        与基座模型一起用于 PEFT 和 vLLM
        a model folder for transformers, vLLM and training on
        用于 transformers、vLLM 和继续训练的模型文件夹
        one file for llama.cpp and Ollama; q8_0 and q4_0 are small
        用于 llama.cpp 和 Ollama 的单个文件；q8_0 和 q4_0 较小
        {1} folders
        {1} 个文件夹
        {1} of {2} written
        已写入 {1}/{2}
        cancelled
        已取消
        copy a line…
        复制命令…
        copy the line
        复制此行
        there is no line to copy
        没有可复制的命令
        Copy a line
        复制命令
        to the terminal's clipboard
        到终端的剪贴板
        """#
}
