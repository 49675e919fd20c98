// Simplified Chinese: what the Chat tab says of sides, alternatives, scores, tools and saved conversations.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let chat = #"""
        (cut: stopped)
        （已截断：手动停止）
        (cut: the context is full; ^N starts over, e rewrites an earlier question)
        （已截断：上下文已满；^N 开始新对话，e 改写较早的问题）
        (none any more)
        （已清空）
        the base alone
        仅基座
        the run that trains now
        正在进行的训练
        Enter chooses · Esc closes · other folders: ^T
        Enter 选择 · Esc 关闭 · 其他目录：^T
        who answers…
        由谁回答…
        (not asked)
        （未提问）
        (not scored on this side)
        （此侧未评分）
        Add the pair to training data
        将此问答加入训练数据
        All alternatives are kept, each with its model.
        所有备选回答及其来源都会保存。
        Answered by {1}.
        回答者：{1}。
        Careful: this answer was cut; a training would learn to end there.
        注意：该回答被截断；训练会学到在此处结束。
        Delete this conversation?
        删除这个对话？
        Enter opens · D deletes · Esc closes
        Enter 打开 · D 删除 · Esc 关闭
        Message to both
        发给两侧的消息
        Open another conversation?
        打开另一个对话？
        Reference answer
        参考回答
        Save the conversation as
        对话另存为
        Saved conversations
        已保存的对话
        The conversation up to this answer becomes one record of a .jsonl file.
        到此回答为止的对话成为 .jsonl 文件中的一条记录。
        The question rewritten
        改写问题
        Tools
        工具列表
        Who answers as {1}
        {1} 侧由谁回答
        a folder that a run has written: the run's, or a checkpoint's
        训练写出的目录：输出目录或某个检查点
        a name
        名称
        a name is needed
        请填写名称
        a name must have no slash and no control characters
        名称不能含斜杠和控制字符
        a name must not begin with a dot
        名称不能以点开头
        alternative before
        上一个备选
        delete it
        删除
        deleted {1}
        已删除 {1}
        do not rewrite
        放弃改写
        fold thoughts
        折叠思考
        keep it
        保留
        next alternative
        下一个备选
        next question
        下一个问题
        no answer thinks aloud
        没有带思考过程的回答
        no number
        不是数字
        no whole number
        不是整数
        nothing was saved yet
        还没有保存过对话
        one side
        单侧
        opened {1}
        已打开 {1}
        open…
        打开…
        pair to training data…
        存为训练数据…
        pane before
        上一个窗格
        question before
        上一个问题
        read
        阅读
        record {1} in {2}, data set {3}
        已写入 {2} 第 {1} 条，数据集 {3}
        record {1} in {2}; add to dataset_info.json: {3}
        已写入 {2} 第 {1} 条；请在 dataset_info.json 中加入：{3}
        records with tools cannot be trained on yet
        暂不支持用带工具的记录训练
        reference
        参考回答
        repetition {1}
        重复惩罚 {1}
        rewrite
        改写
        save…
        保存…
        score a reference
        参考回答评分
        score it
        评分
        scoring…
        评分中…
        send it instead
        改发此问题
        side A
        A 侧
        side B
        B 侧
        side by side
        并排对比
        the model was not looked at yet (Alt-1)
        尚未检查该模型 (Alt-1)
        the model's own template knows no tools
        模型自带的模板不支持工具
        the name is too long
        名称过长
        the name must end in .jsonl
        文件名须以 .jsonl 结尾
        there is no answer to take
        没有可用的回答
        thinking… {1} characters
        思考中… {1} 字
        this question was asked once; r asks again, e rewrites it
        此问题只有一个版本；r 重新回答，e 改写
        thought, {1} characters
        思考过程，{1} 字
        to the question that is pointed at
        针对所指的问题
        tokens at least this part as likely as the likeliest; 0 keeps all
        只留概率不低于最高者此比例的；0 保留全部
        tools
        工具列表
        undo typing
        撤销输入
        unfold thoughts
        展开思考
        what a good answer would be
        理想的回答
        with tools
        带工具
        {1} (base)
        {1}（基座）
        {1} (of two)
        {1}（两侧之一）
        {1} ago
        {1} 前
        {1} nats a token, perplexity {2}
        每 token NLL {1}，困惑度 {2}
        {1} tokens by {2}
        {1} 个 token，{2}
        note: {1}
        注意：{1}

        """#
}
