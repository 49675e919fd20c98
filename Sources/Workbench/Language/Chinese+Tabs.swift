// Simplified Chinese: what the tabs say, apart from the parameters.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let tabs = #"""
        system
        系统
        you
        你
        model
        模型
        asked…
        已提问…
        reading the question…
        正在读取问题…
        ^G asks again.
        ^G 重新提问。
        (an empty answer)
        （空回答）
        (cut: the most new tokens that are allowed)
        （已截断：达到最大生成长度）
        (stopped)
        （已停止）
        1 token
        1 个 token
        {1} tokens
        {1} 个 token
        no adapter is chosen; give its folder in ^T
        未选择适配器；请在 ^T 中填写其目录
        no run of this session has weights yet
        本次会话还没有可用的训练权重
        greedy takes the likeliest token; nothing is drawn
        贪心解码总取概率最高的 token，不采样
        Who answers
        由谁回答
        weights
        权重
        base alone, with an adapter, or as it trains now
        仅基座、加适配器，或正在训练的权重
        base
        基座
        current run
        当前训练
        adapter
        适配器
        a folder
        目录
        How words are drawn
        采样方式
        greedy
        贪心解码
        always the likeliest token
        总取概率最高的 token
        temperature
        温度系数
        lower is surer; 0 is greedy
        越低越确定；0 即贪心
        the likeliest tokens up to this chance; 1 keeps all
        累计概率不超过此值的 token；1 保留全部
        so many of the likeliest tokens; 0 keeps all
        只留概率最高的若干个；0 保留全部
        repetition
        重复惩罚
        above 1 avoids tokens that were used; 1 is off
        大于 1 时避免已用过的 token；1 为关闭
        most tokens
        最大生成长度
        where an answer is cut
        回答在此长度截断
        seed
        随机种子
        the same seed draws the same answer; ^G counts it up
        相同种子得到相同回答；^G 使种子加一
        take it
        确定
        leave it as it was
        保持原样
        new line
        换行
        type a message first
        请先输入消息
        send
        发送
        stop
        停止
        more keys
        更多按键
        put away; ↑ brings it back
        收起；↑ 取回
        write
        输入
        back to the message
        返回输入框
        change
        修改
        less
        减小
        more
        增大
        nothing was asked yet
        还没有提问
        base or adapter
        基座或适配器
        ask again
        重新回答
        settings
        设置
        system prompt
        系统提示词
        new…
        新对话…
        Settings
        设置
        stopping…
        停止中…
        answering
        回答中
        G: to the end
        G：到末尾
        Conversation
        对话
        No model is chosen yet.
        尚未选择模型。
        Choose one in the first tab (Alt-1).
        请在第一页选择 (Alt-1)。
        Ask {1} something.
        向 {1} 提问吧。
        Nothing leaves this machine.
        所有内容都留在本机。
        Message to {1}
        发给 {1} 的消息
        {1} lines
        {1} 行
        Enter sends, Alt-Enter starts a line
        Enter 发送，Alt-Enter 换行
        i or Enter to write
        按 i 或 Enter 输入
        no model
        未选模型
        {1} + the current run
        {1} + 当前训练
        first token {1}
        首 token {1}
        context {1}/{2}
        上下文 {1}/{2}
        System prompt
        系统提示词
        counts from the next question
        从下一个问题起生效
        what the model should know and how it should answer
        模型应当知道什么、如何回答
        Enter takes it · Alt-Enter starts a line · Esc leaves it as it was
        Enter 确定 · Alt-Enter 换行 · Esc 保持原样
        choose a model first (Alt-1)
        请先选择模型 (Alt-1)
        an answer is under way; Esc stops it
        正在回答；Esc 停止
        Start a new conversation?
        开始新对话？
        One question and its answer will be forgotten.
        将丢弃 1 轮问答。
        {1} questions and their answers will be forgotten.
        将丢弃 {1} 轮问答。
        forget them
        丢弃
        keep them
        保留
        choose a model first (1)
        请先选择模型 (1)
        mark a data set first
        请先选中数据集
        the record is not there yet
        样本尚未就绪
        Data sets
        数据集
        none marked
        未选中
        {1} marked
        已选 {1} 个
        Reading {1}…
        正在读取 {1}…
        Nothing in {1}. Press e.
        {1} 中没有数据集。按 e 更换。
        Folder
        目录
        a folder with dataset_info.json
        含 dataset_info.json 的目录
        Report
        数据报告
        Encoding all records…
        正在编码全部样本…
        Choose a model first (1): its tokenizer and template decide what is trained.
        请先选择模型 (1)：训练内容取决于它的分词器和对话模板。
        Mark a data set with Space.
        按空格选中数据集。
        Record as the model sees it
        模型看到的样本
        Encoding…
        编码中…
        Text, special tokens and what is trained on appear here.
        这里显示文本、特殊 token 以及参与训练的部分。
        {1} tokens · ▌ trained {2} ({3})
        {1} 个 token · ▌ 训练 {2} ({3})
        Record {1} of {2} · {3}
        样本 {1}/{2} · {3}
        next pane
        下一窗格
        previous pane
        上一窗格
        list this folder, or add this file
        列出此目录，或加入此文件
        back to the list
        返回列表
        clear
        清空
        there is no data set in the list
        列表中没有数据集
        mark
        选中
        next record
        下一样本
        previous record
        上一样本
        token ids
        显示 token 编号
        folder
        目录
        read again
        重新读取
        file
        文件
        not in {1}
        不在 {1} 中
        {1} free
        空闲 {1}
        Estimate
        估算
        No estimate yet.
        暂无估算。
        Computing…
        计算中…
        , {1} per epoch
        ，每轮 {1} 步
        Steps
        步数
        Trainable
        可训练
        Memory
        内存
        base weights
        基座权重
        trained, with optimizer
        训练参数与优化器
        activations
        激活值
        activations, recomputed
        激活值（重计算）
        program and scratch
        程序与临时空间
        ◂ largest
        ◂ 最大
        fits, {1} stays free
        放得下，剩余 {1}
        tight, {1} stays free
        较紧张，剩余 {1}
        does not fit: {1} too much. Try a shorter cutoff, a smaller micro-batch, recompute on, or base weights nf4.
        放不下：超出 {1}。可减小截断长度或批大小，打开重计算，或把基座权重设为 nf4。
        free memory is unknown
        空闲内存未知
        give a model folder or a GGUF file
        请填写模型目录或 GGUF 文件
        this format writes an adapter; give its folder
        此格式导出适配器；请填写其目录
        give the folder to write
        请填写导出目录
        this is the base model's own folder; choose another
        这是基座模型自己的目录；请另选
        this is the adapter's own folder; choose another
        这是适配器自己的目录；请另选
        must be 1 … 1024
        必须在 1 到 1024 之间
        the model
        模型
        base and adapter merged
        合并适配器后的模型
        above {1} GB: numbered shards and their index
        超过 {1} GB 时分块并附索引
        the model's shape, for transformers
        模型结构，供 transformers 使用
        tokenizer files
        分词器文件
        with the chat template
        含对话模板
        one .gguf file
        单个 .gguf 文件
        {1}, {2}, with tokenizer and chat template
        {1}，{2}，含分词器和对话模板
        for Ollama
        供 Ollama 使用
        the adapter alone, {1}
        仅适配器，{1}
        its shape, for PEFT
        适配器结构，供 PEFT 使用
        only safetensors are cut into shards
        只有 safetensors 会分块
        base model
        基座模型
        a model folder or a .gguf file
        模型目录或 .gguf 文件
        the model that the adapter was trained on
        训练适配器时所用的模型
        none
        无
        a run's folder or a checkpoint; empty exports the model alone
        训练目录或检查点；留空则只导出模型
        shard GB
        分块大小 (GB)
        most gigabytes of one file
        单个文件的最大 GB 数
        where to write
        写入位置
        replace
        覆盖
        on: an earlier export in that folder makes room
        开：覆盖该目录中以前的导出
        shard
        分块
        Will be written
        将写入
        Exporting
        正在导出
        Esc cancels
        Esc 取消
        Cancelling…
        取消中…
        Cancelled
        已取消
        The export was cancelled.
        导出已取消。
        E starts it again.
        按 E 重新开始。
        Failed
        失败
        Written
        已写入
        … and {1} more files
        ……还有 {1} 个文件
        Use it
        使用方法
        writes to
        写入
        Afterwards it is read back and compared with the original.
        写完后会重新读取并与原模型比较。
        {1}, {2}, to {3}
        {1}，{2}，写入 {3}
        the export is being cancelled
        正在取消导出
        export
        导出
        previous choice
        上一选项
        next choice
        下一选项
        put the result away
        收起结果
        Help
        帮助
        key
        键名
        default
        默认值
        from {1} to {2}
        从 {1} 到 {2}
        Opening and checking…
        正在打开并检查…
        Path
        路径
        Family
        架构
        Parameters
        参数
        Stored as
        存储格式
        On disk
        占用空间
        Context
        上下文
        Template
        对话模板
        the model's own
        模型自带
        its own
        自带模板
        set in Params; detected: {1}
        已在参数页指定；检测到：{1}
        Layers
        线性层
        Checks: all {1} passed
        检查：{1} 项全部通过
        Checks: {1} of {2} failed
        检查：{2} 项中 {1} 项未通过
        tensors
        张量
        tokenizer
        分词器
        template
        对话模板
        end of text
        结束符
        ok
        通过
        fail
        失败
        looking…
        查找中…
        {1} found
        找到 {1} 个
        {1} unusable
        {1} 个不可用
        unusable
        不可用
        Models
        模型
        NAME
        名称
        PARAMS
        参数量
        SIZE
        大小
        FAMILY
        架构
        Looking for models…
        正在查找模型…
        None found. Press e and type a path.
        未找到模型。按 e 输入路径。
        e: a model folder or a .gguf file
        e：模型目录或 .gguf 文件
        Enter opens and checks it
        Enter 打开并检查
        opening…
        打开中…
        {1}, Enter uses it
        {1}，Enter 使用
        A model folder has config.json, weights and a tokenizer.
        模型目录包含 config.json、权重和分词器。
        chosen
        已选用
        use this path
        使用此路径
        no model was found; type a path with e
        未找到模型；按 e 输入路径
        use
        使用
        type a path
        输入路径
        look again
        重新查找
        where: {1}
        位置：{1}
        why: {1}
        原因：{1}
        try: {1}
        建议：{1}
        Records
        样本数
        Tokens
        token 数
        Trained
        训练
        {1} tokens ({2})
        {1} 个 token ({2})
        Longest
        最长
        Left out
        已跳过
        Cut
        截断
        {1} ({2}) at {3} tokens
        {1} ({2})，长度 {3}
        Repeated
        重复
        Unused
        未用列
        Untrained
        不训练
        {1} answers, as their records say
        {1} 个回答，按记录标注
        Beyond
        超长
        {1} records, longer than the model's context
        {1} 条记录，比模型的上下文还长
        Shared
        重合
        {1} held-out records are trained on
        {1} 条验证记录也在训练数据里
        cannot be read: {1}
        无法读取：{1}
        Special
        特殊
        {1} records, taken as tokens
        {1} 条记录，按特殊 token 处理
        {1} records, kept as text
        {1} 条记录，保留为文本
        Lengths
        长度
        1 … {1} tokens
        1 … {1} 个 token

        """#
}
