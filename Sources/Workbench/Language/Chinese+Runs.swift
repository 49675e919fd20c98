// Simplified Chinese: what the Runs tab says of all runs, and what is done with them.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let runs = #"""
        Runs
        记录
        by age
        按时间
        by name
        按名称
        by loss
        按损失
        by eval
        按评估损失
        by step
        按步数
        by state
        按状态
        training
        训练中
        evaluating
        评估中
        failed
        失败
        lost
        已中断
        unknown
        未知
        {1} of {2}, {3}
        {1}/{2}，{3}
        not all were looked at
        未全部查看
        {1} holds more than {2} names; the others were not looked at.
        {1} 中的名称超过 {2} 个；其余的没有查看。
        {1} of {2} models are listed; the others are left out.
        列出了 {2} 个模型中的 {1} 个；其余的省略。
        reading…
        读取中…
        Reading…
        读取中…
        No run matches the filter; / changes it.
        没有符合筛选条件的记录；按 / 修改。
        No runs yet.
        还没有训练记录。
        Name
        名称
        State
        状态
        LR
        学习率
        Eval
        评估
        Tok/s
        速度
        When
        距今
        Tags
        标签
        state
        状态
        {1}, process {2}
        {1}，进程 {2}
        fault
        故障
        plan
        计划
        tags
        标签
        notes
        备注
        Held-out losses
        评估损失
        Training losses
        训练损失
        held-out loss
        评估损失
        raw
        原始值
        The marked runs were not evaluated.
        选中的训练没有评估。
        Their logs are empty.
        它们的日志是空的。
        Differences
        设置差异
        Setting
        设置
        Their plans cannot be read.
        无法读取它们的计划。
        Their settings are the same.
        它们的设置相同。
        last loss
        最新损失
        best eval
        最优评估
        last step
        最新步数
        the list is being read
        正在读取列表
        there is no run
        没有训练记录
        its folder keeps no plan
        其目录中没有计划
        it is training now
        正在训练
        it is done
        已经完成
        {1} runs are marked already
        已选中 {1} 条记录
        mark runs with Space first
        请先按空格选中记录
        unmark
        取消选中
        filter…
        筛选…
        order
        排序
        differences
        设置差异
        go on
        接着训练
        plan to Params
        计划载入参数页
        note…
        备注…
        tags…
        标签…
        delete…
        删除…
        bring back
        恢复
        nothing was deleted
        没有删除过记录
        training losses
        训练损失
        held-out losses
        评估损失
        Which runs?
        筛选记录
        Words that occur in name, model, method, state, note or tags.
        名称、模型、方法、状态、备注或标签中的词，
        Or state:done, tag:prod, lr>1e-4, loss<1.5, eval<1.3, lora_rank=16.
        或 state:done、tag:prod、lr>1e-4、loss<1.5、eval<1.3、lora_rank=16。
        All must hold; empty shows all.
        须全部满足；留空则全部显示。
        Note on {1}
        {1} 的备注
        Tags of {1}
        {1} 的标签
        Words with blanks between.
        用空格分隔。
        Delete {1}?
        删除 {1}？
        {1} goes to the folder .trash beside it;
        {1} 将移到旁边的 .trash 目录；
        u brings it back.
        按 u 恢复。
        move to the trash
        移到回收站
        wrote {1}
        已写入 {1}
        moved to {1}; u brings it back
        已移到 {1}；按 u 恢复
        brought back {1}
        已恢复 {1}
        the plan of {1}, as {2}
        已载入 {1} 的计划，目录改为 {2}

        """#
}
