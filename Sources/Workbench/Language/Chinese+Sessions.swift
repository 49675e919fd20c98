// Simplified Chinese: runs of other processes, and what the commands around sessions and runs tell.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let sessions = #"""
        attaching
        正在连接
        attached · process {1}
        已连接 · 进程 {1}
        attached · process {1}, reconnecting
        进程 {1} · 正在重新连接
        was process {1}
        原进程 {1}
        attached to process {1}; records read from its log: {2}
        已连接到进程 {1}；从日志读入记录：{2} 条
        the connection to the run is lost; it is tried again
        与训练的连接已断开，正在重试
        the run did not take it: {1}
        训练未接受该操作：{1}
        the run is not connected
        尚未连接到训练
        leave this run alone
        不再查看该训练
        It trains in process {1}, which ends with it.
        训练在进程 {1} 中进行，停止后该进程也会结束。
        show it live
        实时查看
        no process works on it
        没有进程在处理它
        it trains here: Train (4) shows it
        它就在本界面训练，见“训练”(4)
        a run is training here already
        本界面已有任务在训练
        {1} trains in another process: both would share the cores, and Train shows the new one.
        {1} 正在另一进程中训练：两者会共用处理器核心，“训练”将显示新任务。
        The run belongs to another process
        该训练属于另一进程
        It goes on in process {1} without this screen.
        离开后训练在进程 {1} 中继续。
        It stays paused in process {1} without this screen.
        离开后训练在进程 {1} 中保持暂停。
        To stop it, press X in Train.
        要停止训练，请在“训练”中按 X。
        leave; the run goes on
        离开，训练继续
        leave; the run stays as it is
        离开，训练保持原状
        {1} goes on in process {2}, in {3}
        {1} 在进程 {2} 中继续，目录 {3}
        {1} stays paused in process {2}, in {3}
        {1} 在进程 {2} 中保持暂停，目录 {3}
        Back to it: workbench attach {1}
        返回：workbench attach {1}
        attached
        已连接
        connection to the run lost
        与训练的连接已断开
        the run refused
        训练未接受
        run lost
        训练已中断
        where:
        位置：
        why:
        原因：
        try:
        建议：
        no reason was given
        未说明原因
        the session cannot be shown here
        无法在此显示会话
        signal {1}: {2}
        信号 {1}：{2}
        it ended with code {1}
        退出码 {1}
        workbench train {1} goes on from the run's last checkpoint.
        workbench train {1} 可从最后的检查点接着训练。
        the session died
        会话意外终止
        What was said last: {1}
        最后的消息见：{1}
        the interface needs a terminal
        界面需要终端
        workbench --plain names the commands that do the same in whole lines.
        workbench --plain 列出作用相同的命令，逐行输出。
        there is no session to attach to
        没有可连接的会话
        workbench runs lists the runs; workbench opens a new session.
        workbench runs 列出所有训练；workbench 打开新会话。
        workbench train {1} goes on with it.
        workbench train {1} 可接着训练。
        the run is not under way
        该训练未在进行
        it is {1}
        状态为{1}
        the run has no interface
        该训练没有界面
        its session has no socket
        其会话没有套接字
        there is no such run
        没有这个训练
        There are no runs in {1}.
        {1} 中没有训练。
        There are: {1}
        现有：{1}
        No runs in {1} and ./saves.
        {1} 和 ./saves 中没有训练。
        lost: the process died. workbench runs show RUN says how to go on.
        已中断：进程意外终止。workbench runs show RUN 会说明如何接着训练。
        the run refused the command
        训练未接受该命令
        {1}: asked to {2}
        {1}：已请求 {2}
        STATE
        状态
        STEP
        步数
        LOSS
        损失
        EVAL
        评估
        METHOD
        方法
        AGE
        距今
        PID
        进程
        MODEL
        模型
        name
        名称
        best eval loss
        最优评估损失
        changed
        更新于
        process
        进程
        go on with
        下一步
        """#
}
