// Simplified Chinese: what is looked at and asked before a run begins.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let starting = #"""
        Looking at model, data and folder…
        正在检查模型、数据和目录…
        {1} is taken: {2} asks what to do
        {1} 已被占用：按 {2} 选择如何处理
        The disk lacks {1} for this run; {2} asks
        磁盘空间还差 {1}；按 {2} 会先询问
        Ready: press {1} to start {2}
        准备就绪：按 {1} 开始 {2}
        Next: another model (1): {1}
        下一步：换一个模型（1）：{1}
        Next: other data (2): {1}
        下一步：换数据（2）：{1}
        Next: {1} in Params (3): {2}
        下一步：在参数中修改 {1}（3）：{2}
        no record can be used
        没有可用的记录
        {1} failed: {2}; S tries again
        {1} 失败：{2}；按 S 重试
        {1} holds a run; this one is {2}
        {1} 中已有训练；这次用 {2}
        Disk: checkpoints and result need {1}, which is {2} more than is free.
        磁盘：检查点和结果需要 {1}，比可用空间多 {2}。
        start it in {1}
        在 {1} 中开始
        {1} holds a run: {2}, {3}.
        {1} 中已有训练 {2}（{3}）。
        start over there: the run {1} is deleted
        在原处重新开始：训练 {1} 会被删除
        go on with {1}
        继续 {1}
        {1} holds other files: {2}.
        {1} 中有其他文件：{2}。
        use it; files that a run writes are replaced
        使用该目录；训练写出的同名文件会被替换
        step {1}  the loss jumps to {2}, {3} was usual; r lowers the learning rate
        第 {1} 步  损失跳到 {2}，此前通常为 {3}；按 r 调低学习率
        {1}: the loss jumps at step {2}
        {1}：第 {2} 步损失突然升高
        Nothing was measured in this part; 0 shows all.
        这一段没有测量值；按 0 显示全部。
        {1} could not begin
        {1} 无法开始
        """#
}
