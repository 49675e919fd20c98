// Simplified Chinese: what the Train tab says of a run and of its curves.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let train = #"""
        Nothing happened yet.
        尚无事件。
        ▼ more
        ▼ 更多
        info
        信息
        ckpt
        保存
        note
        提示
        warn
        警告
        train
        训练
        eval
        评估
        step {1}  saved {2}
        第 {1} 步  已保存 {2}
        paused after step {1}
        第 {1} 步后暂停
        goes on after step {1}
        第 {1} 步后继续
        , {1} held out
        ，{1} 条验证
        evaluates on {1} examples
        在 {1} 条样本上评估
        {1}: {2} examples{3}, {4} steps, {5} of {6} weights train ({7})
        {1}：{2} 条样本{3}，{4} 步，训练 {6} 中的 {5} 个权重 ({7})
        goes on from step {1}
        从第 {1} 步继续
        begins
        开始
        step {1}  loss {2}  ppl {3}
        第 {1} 步  损失 {2}  困惑度 {3}
        best, -{1}
        最优，-{1}
        best is step {1}
        最优为第 {1} 步
        step {1}  the loss is not a number; a lower learning rate may help
        第 {1} 步  损失不是数值；可尝试降低学习率
        stopped early: held-out loss no longer falls
        提前停止：验证损失不再下降
        after {1} steps
        共 {1} 步
        mean loss {1}
        平均损失 {1}
        mean loss {1},
        平均损失 {1}，
        log y
        y 轴取对数
        linear y
        y 轴线性
        Loss
        损失
        The first step is under way.
        正在进行第一步。
        Stopping…
        停止中…
        No step was finished.
        没有完成任何一步。
        At step {1}
        第 {1} 步
        Now
        当前
        no step yet
        尚无步数
        loss
        损失
        best
        最优
        |grad|
        梯度
        tok/s
        token/秒
        tokens
        token 数
        saved
        已保存
        asked for
        已请求
        step {1}
        第 {1} 步
        G follows again
        G：继续跟随
        Events
        事件
        no run
        未在训练
        {1} steps
        {1} 步
        {1} epochs
        {1} 轮
        method
        方法
        data
        数据
        length
        长度
        batch
        批大小
        rate
        学习率
        Curves, numbers and events appear here as soon as a run trains.
        训练开始后，这里显示曲线、指标和事件。
        freeze, {1} blocks
        freeze，{1} 层
        full
        full，全参数
        idle
        空闲
        ▸ preparing
        ▸ 准备中
        ▸ training
        ▸ 训练中
        pausing after this step
        完成这一步后暂停
        paused
        已暂停
        ✓ finished
        ✓ 已完成
        ✓ stopped
        ✓ 已停止
        ✓ stopped early
        ✓ 提前停止
        ✓ evaluated
        ✓ 评估完成
        ✗ failed
        ✗ 失败
        epoch
        轮次
        eta {1}
        剩余 {1}
        took {1}
        用时 {1}
        Written to {1}.
        已写入 {1}。
        5 talks to it, 6 exports it.
        5 与它对话，6 导出。
        Held-out loss measured in {1}
        验证损失计算完成，用时 {1}
        {1} steps, {2}{3} tokens in {4}
        {1} 步，{2}{3} 个 token，用时 {4}
        no run is training
        没有训练在进行
        the run is stopping
        训练正在停止
        the run has not begun to train
        尚未开始训练
        the run is paused; resume it first
        训练已暂停；请先继续
        asked for; it comes after this step
        已请求；这一步之后执行
        the run has no held-out examples
        没有验证集样本
        resume
        继续
        pause
        暂停
        save now
        立即保存
        evaluate now
        立即评估
        stop…
        停止…
        there is nothing to plot yet
        尚无可绘制的数据
        cursor left
        光标左移
        cursor right
        光标右移
        cursor ten left
        光标左移十步
        cursor ten right
        光标右移十步
        smooth less
        减弱平滑
        smooth more
        增强平滑
        zoom in
        放大
        zoom out
        缩小
        whole plot, no cursor
        完整曲线，去掉光标
        show the whole run
        显示全程
        fit to data
        适应数据
        show outliers
        显示离群点
        clip outliers
        裁剪离群点
        draw in ASCII
        用 ASCII 绘制
        draw in dots
        用点阵绘制
        Step {1} of {2}.
        第 {1}/{2} 步。
        The run has not finished a step yet.
        还没有完成任何一步。
        The last checkpoint is of step {1}.
        最近的检查点在第 {1} 步。
        There is no checkpoint yet.
        还没有检查点。
        A stop ends after this step and saves what was learned.
        停止会在完成这一步后结束，并保存已学到的内容。
        Stop training {1}?
        停止训练 {1}？
        stop after this step
        完成这一步后停止
        ▼ {1} below {2}
        ▼ {1} 个低于 {2}
        zoom
        已放大
        {1} apart
        相距 {1}
        Enter accepts, Esc gives up
        Enter 确定，Esc 放弃
        time
        时间
        run
        训练
        x: {1}
        x 轴：{1}
        x by {1}
        x 轴：{1}
        This was not measured.
        没有测量此项。
        Gradient norm
        梯度范数
        Reward accuracy
        奖励准确率
        Ranking accuracy
        排序准确率
        Score margin
        分数差
        Score of chosen answers
        优选回答的分数
        Score of rejected answers
        拒绝回答的分数
        Divergence from the reference
        与参考模型的偏离
        Reward of answers
        回答的奖励
        Reward by rule exact
        规则 exact 的奖励
        Reward by rule number
        规则 number 的奖励
        Reward by rule regex
        规则 regex 的奖励
        Reward by rule length
        规则 length 的奖励
        Reward by rule tags
        规则 tags 的奖励
        Reward by rule json
        规则 json 的奖励
        Reward by rule command
        规则 command 的奖励
        Spread of rewards in a group
        组内奖励的离散程度
        Tokens of an answer
        回答的词元数
        Share of answers that were cut
        被截断的回答比例
        Share of tokens that clipping stops
        被裁剪的词元比例
        Loss of the data's tokens
        数据自身词元的损失
        Reward margin
        奖励差
        Loss of chosen answers
        优选回答的损失
        sft loss
        优选损失
        Odds ratio loss
        几率比损失
        odds
        几率比
        Reward of chosen answers
        优选回答的奖励
        Reward of rejected answers
        拒绝回答的奖励
        Log probability of chosen answers
        优选回答的对数概率
        Log probability of rejected answers
        拒绝回答的对数概率
        Mean logit of chosen answers
        优选回答的平均 logit
        Mean logit of rejected answers
        拒绝回答的平均 logit
        Tokens/s
        每秒 token 数
        {1}, kept
        {1}，已保留
        no gain
        无改进
        {1} of {2}
        {1}/{2}
        memory
        内存
        result
        结果
        the best step by held-out loss
        评估损失最低的一步
        the last step
        最后一步
        {1}; ends early after 1 evaluation without gain
        {1}；1 次评估无改进即提前结束
        {1}; ends early after {2} evaluations without gain
        {1}；{2} 次评估无改进即提前结束
        {1} over {2}-bit weights
        {1}，{2} 位权重
        the earlier part of the curve is not shown: {1}
        无法显示此前的曲线：{1}
        the plan's
        按计划
        {1} × the plan's
        计划的 {1} 倍
        step {1}  lr {2}, peak {3}, {4}
        第 {1} 步起  学习率 {2}，峰值 {3}，{4}
        the run only evaluates
        此次只做评估
        learning rate…
        学习率…
        next plot
        下一图
        previous plot
        上一图
        Trained tokens
        训练的 token 数
        plot with the rest
        显示其余部分
        plot alone
        只显示曲线
        hide other runs
        隐藏其他训练
        compare runs
        对比训练
        mark other runs in Runs (7) first
        请先在记录页 (7) 选中其他训练
        set a marker
        设置标记
        take the marker away
        去掉标记
        there is no marker; m sets one
        没有标记；按 m 设置
        draw in blocks
        用方块绘制
        write the curves…
        写出曲线…
        the run has no folder
        此次训练没有目录
        Step {1} had {2}.
        第 {1} 步的学习率为 {2}。
        The peak of the schedule is {1}.
        调度的峰值为 {1}。
        The peak of the schedule is {1}, {2} in the plan.
        调度的峰值为 {1}，计划中为 {2}。
        A number is the new peak; x0.5 halves what the plan says, x1 goes back to it.
        填数字即新的峰值；x0.5 为计划的一半，x1 恢复计划值。
        It counts from the next step on and is written into the run's log.
        从下一步起生效，并写入训练日志。
        Learning rate from the next step on
        从下一步起的学习率
        1e-4 or x0.5
        1e-4 或 x0.5
        A rate above 0, such as 1e-4, or a factor, such as x0.5.
        请填大于 0 的学习率，如 1e-4，或倍数，如 x0.5。
        Write the curves
        写出曲线
        Into {1}:
        写入 {1}：
        curves.csv, every step with all its numbers
        curves.csv，每一步的全部数值
        plot.txt, the plot as it looks now
        plot.txt，当前的图形
        nothing
        不写

        """#
}
