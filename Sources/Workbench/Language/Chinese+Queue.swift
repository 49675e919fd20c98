// Simplified Chinese: runs that wait for their turn.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let queue = #"""
        queue the run
        加入队列
        queue…
        队列…
        Queue
        队列
        the queue is empty
        队列为空
        The queue is empty. Q adds the plan of Params to it.
        队列为空。按 Q 把当前参数加入队列。
        each starts when the one before has ended
        前一个结束后自动开始下一个
        waits; w lets it go on
        已暂缓；按 w 继续
        move up
        上移
        move down
        下移
        it is the first
        已是第一个
        it is the last
        已是最后一个
        take out
        移除
        let the queue go on
        继续队列
        let the queue wait
        暂缓队列
        the run before, {1}, failed: {2}
        上一个任务 {1} 失败：{2}
        the run before, {1}, ended: {2}
        上一个任务 {1} 已结束：{2}
        the last run of the queue
        队列中的最后一个任务
        {1} runs wait behind it
        其后还有 {1} 个任务
        {1} in the queue, {2} is the next.
        队列中有 {1} 个任务，下一个是 {2}。
        stop after this step; the queue goes on
        完成本步后停止，队列继续
        stop after this step; the queue waits
        完成本步后停止，队列暂缓
        The run cannot be queued yet
        还不能加入队列
        Add the run to the queue?
        加入队列吗？
        add it all the same
        仍然加入
        {1} is number {2} of the queue
        {1} 已加入队列，排第 {2} 位
        {1} failed; {2} of the queue begins
        {1} 失败；队列中的 {2} 开始
        {1} has ended; {2} of the queue begins
        {1} 已结束；队列中的 {2} 开始
        {1} of the queue begins
        队列中的 {1} 开始
        next of the queue
        队列中的下一个任务
        The folder is taken
        文件夹已被占用
        {1} writes into {2}.
        {1} 会写入 {2}。
        Each run of the queue needs an output_dir of its own.
        队列中的每个任务都需要各自的 output_dir。
        queue it into {1}
        改用 {1} 并加入队列
        {1} in the queue
        队列中 {1} 个
        {1} in the queue, which waits; n in Train (4) shows it
        队列中 {1} 个，已暂缓；在“训练”(4) 中按 n 查看
        {1} in the queue: leaving lets them run, quitting drops them.
        队列中 {1} 个：离开则继续运行，退出则丢弃。
        Runs wait in the queue
        队列中还有任务
        {1} in the queue. Quitting forgets them; their plans are nowhere else.
        队列中 {1} 个。退出会丢弃它们，其参数没有另存。
        leave, and come back to them later
        离开，稍后再回来
        forget them and quit
        丢弃并退出
        The queue waits. Back to it: workbench attach
        队列已暂缓。返回：workbench attach
        {1} in the queue behind it
        其后队列中 {1} 个
        """#
}
