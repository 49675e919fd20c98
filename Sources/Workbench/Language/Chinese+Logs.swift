// Simplified Chinese: the lines of the log and the tab that shows them.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let logs = #"""
        Logs
        日志
        debug
        调试
        error
        错误
        evaluation
        评估
        chat
        对话
        interface
        界面
        program
        程序
        chat failed
        对话失败
        answered
        已回答
        models found
        已找到模型
        model read
        已读取模型
        model cannot be read
        无法读取模型
        data sets listed
        已列出数据集
        no data sets
        没有数据集
        data read
        已读取数据
        data cannot be read
        无法读取数据
        plan saved
        计划已保存
        workbench failed
        程序出错
        setting kept
        设置已保存
        written
        已写入
        run to the trash
        训练已移入回收站
        curve cannot be read
        无法读取曲线
        exported
        已导出
        export failed
        导出失败
        run begins
        训练开始
        checkpoint
        检查点
        learning rate
        学习率
        checkpoint failed
        保存检查点失败
        goes on
        继续
        run ends
        训练结束
        run failed
        训练失败
        there is no line
        没有日志
        search with / first
        请先按 / 搜索
        stand still
        停住
        follow
        跟随
        search…
        搜索…
        next match
        下一处
        previous match
        上一处
        level
        级别
        source
        来源
        the whole line
        完整内容
        write to a file…
        写入文件…
        end the search
        结束搜索
        Search the log
        搜索日志
        n and N go on to the next match.
        按 n、N 跳到下一处、上一处。
        Write these lines to a file
        把这些日志写入文件
        Those that level and source let through.
        只写入通过级别和来源筛选的日志。
        give a file
        请填写文件
        kept in {1}
        保存在 {1}
        No line passes level and source.
        没有符合级别和来源的日志。
        ● following
        ● 跟随中
        ‖ standing, {1} new
        ‖ 已停住，新增 {1} 条
        level {1} and up
        级别：{1}及以上
        source: {1}
        来源：{1}
        {1} older ones dropped
        已丢弃较早的 {1} 条
        The whole line
        完整内容

        """#
}
