// Simplified Chinese: the tabs' names, dialogs, notices, keys that work everywhere, and the widgets' own words.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let shell = #"""
        Model
        模型
        Dataset
        数据
        Params
        参数
        Train
        训练
        Chat
        对话
        Export
        导出
        S or F5
        S 或 F5
        Next: choose a model (1)
        下一步：选择模型 (1)
        Next: mark a data set (2)
        下一步：选中数据集 (2)
        Next: {1} in Params (3)
        下一步：在参数页设置 {1} (3)
        Next: {1} things to fix in Params (3)
        下一步：参数页有 {1} 处需修正 (3)
        a run is training already
        已有任务在训练
        Model, {1}: {2}
        模型，{1}：{2}
        Memory: the run needs {1} more than is free.
        内存：还缺 {1}，空闲内存不够。
        … and {1} more
        ……还有 {1} 条
        The run cannot start yet
        还不能开始训练
        go to the first
        转到第一处
        close
        关闭
        Go on with the run?
        继续这次训练？
        go on all the same
        仍然继续
        Start the run?
        开始训练？
        later
        以后再说
        not yet
        尚未
        start all the same
        仍然开始
        A run is training
        正在训练
        1 step is not saved yet.
        有 1 步尚未保存。
        {1} steps are not saved yet.
        有 {1} 步尚未保存。
        keep training
        继续训练
        stop after this step, save, then quit
        完成这一步后停止、保存并退出
        keep training and leave; come back later
        离开，训练继续，稍后可返回
        keep writing and leave
        离开，导出继续
        cancel: stay here
        取消：留在这里
        detach
        离开界面
        nothing is under way
        没有进行中的任务
        nothing is under way that could go on; q quits
        没有可以继续进行的任务；按 q 退出
        The export goes on. Back to it: workbench attach
        导出继续进行。返回：workbench attach
        {1} goes on training in {2}
        {1} 在 {2} 中继续训练
        Back to it: workbench attach. All runs: workbench runs
        返回：workbench attach。所有训练：workbench runs
        An export is being written
        正在写入导出文件
        Quitting leaves it incomplete.
        此时退出，导出将不完整。
        cancel the export and quit
        取消导出并退出
        press ^C again to quit
        再按一次 ^C 退出
        stopping after this step
        完成这一步后停止
        saved {1}
        已保存 {1}
        evaluated
        评估完成
        {1} steps done
        完成 {1} 步
        exported {1}
        已导出 {1}
        model: {1}
        模型：{1}
        needs {1}×{2}, this is {3}×{4}
        需要 {1}×{2}，当前 {3}×{4}
        start the run
        开始训练
        help
        帮助
        previous tab
        上一页
        next tab
        下一页
        quit
        退出
        interrupt, quit when pressed twice
        中断；按两次退出
        draw the screen anew
        重绘屏幕
        suspend; fg comes back
        挂起；fg 恢复
        move
        移动
        first, last
        首项、末项
        by pages
        翻页
        Lists
        列表
        Everywhere
        全局
        next language
        切换语言
        language: {1}
        语言：{1}
        kept {1} in {2}
        已将 {1} 保存到 {2}
        theme {1}
        主题 {1}
        commands
        命令
        Commands
        命令
        a few letters of what to do
        输入要做的事的几个字
        nothing fits
        没有匹配项
        Enter runs it
        Enter 执行
        / filters, Esc closes
        / 筛选，Esc 关闭
        choose a theme
        选择主题
        Themes
        主题
        Enter takes it
        Enter 采用
        use the mouse
        启用鼠标
        leave the mouse to the terminal
        把鼠标交还终端
        mouse on
        鼠标已启用
        mouse off
        鼠标已关闭
        keep this theme
        保存当前主题
        keep this language
        保存当前语言
        keep the mouse as it is now
        保存当前鼠标设置
        it is kept already
        已经保存过
        the terminal's own colours
        终端自身的配色
        calm, for dark terminals
        柔和，适合深色终端
        dark ink on paper
        纸上墨字
        the strongest contrasts
        最强对比
        blue and orange
        蓝与橙
        teal and red
        青与红
        warm and low, for dark rooms
        暖暗色，适合暗室
        no colours
        无颜色
        The file asks for more
        文件中有无法满足的设置
        The interface would open without these.
        界面将忽略以上内容打开。
        quit, to correct the file
        退出，去修改文件
        open without them
        忽略并打开
        no effect here: {1}
        此处不起作用：{1}
        ▶ {1} preparing
        ▶ {1} 准备中
        ▶ {1}{2} pausing
        ▶ {1}{2} 暂停中
        ‖ {1}{2} paused
        ‖ {1}{2} 已暂停
        ▶ {1}{2} stopping
        ▶ {1}{2} 停止中
        ! {1} failed
        ! {1} 失败
        done
        完成
        stopped
        已停止
        stopped early
        提前停止
        saved at {1}
        已保存到第 {1} 步
        nothing saved yet
        尚未保存
        {1}: step {2} of {3}, {4}
        {1}：第 {2}/{3} 步，{4}
        Keys
        按键
        Esc closes
        Esc 关闭
        on
        开
        off
        关
        a whole number is needed
        需要整数
        a number is needed
        需要数字
        must lie between {1} and {2}
        必须在 {1} 与 {2} 之间
        ▲ {1} above {2}
        ▲ {1} 个高于 {2}
        log
        对数
        step
        步
        no values yet
        尚无数据
        no log: values ≤ 0
        无法取对数：有值 ≤ 0
        cancel
        取消

        """#
}
