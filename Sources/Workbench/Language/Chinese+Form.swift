// Simplified Chinese: the sections and fields that the parameter form has beyond the usual ones, what it
// names as missing, and what lies over it. Pairs of lines, the English text and its translation.

extension Chinese {
    // swift-format-ignore
    static let form = #"""
        Model and method
        模型与方法
        Training
        训练
        LoRA
        LoRA 设置
        Freeze
        部分参数微调
        Sequences
        序列与数据
        Evaluation
        评估
        Logging and saving
        日志与保存
        Preferences (RLHF)
        偏好训练（RLHF）
        Multimodal
        多模态
        GaLore
        GaLore 设置
        APOLLO
        APOLLO 设置
        BAdam
        BAdam 设置
        SwanLab
        SwanLab 设置
        The model that is trained. The Model tab finds, checks and chooses it.
        要训练的模型。在模型页查找、检查并选择。
        A model folder or a GGUF file.
        模型目录或 GGUF 文件。
        chosen in the Model tab (1)
        在模型页（1）选择
        chosen in the Dataset tab (2)
        在数据页（2）选择
        Adapters
        适配器
        Adapters to start from, with commas between. All but the last are merged into the base; the last one is trained on.
        从哪些适配器开始，用逗号分隔。最后一个继续训练，其余合并进基座。
        Adapters to start from; all but the last are merged into the base.
        起始适配器；除最后一个外都合并进基座。
        More modules
        附加模块
        Modules that are trained whole and saved with the adapter, such as embed_tokens and lm_head.
        完整训练并随适配器保存的模块，如 embed_tokens 和 lm_head。
        Modules trained whole and saved with the adapter.
        完整训练并随适配器保存的模块。
        New adapter
        新建适配器
        Merges all given adapters into the base and trains a fresh one.
        把已有适配器全部合并进基座，再训练一个新的。
        Merge all given adapters and train a fresh one.
        合并已有适配器，训练一个新的。
        there are no adapters
        没有适配器
        Block modules
        可训练模块
        Which modules of those blocks train: all, or names with commas between, such as mlp,self_attn.
        这些层中训练哪些模块：all，或用逗号分隔的名称，如 mlp,self_attn。
        Modules of those blocks that train.
        这些层中可训练的模块。
        Extra modules
        额外模块
        Modules outside of the blocks that train too: embed_tokens, norm, lm_head.
        层以外也参与训练的模块：embed_tokens、norm、lm_head。
        Modules outside the blocks that train: embed_tokens, norm, lm_head.
        层以外可训练的模块：embed_tokens、norm、lm_head。
        Data folder
        数据目录
        The folder with dataset_info.json, where names of data sets are looked up.
        含 dataset_info.json 的目录，数据集名称在此查找。
        The folder with dataset_info.json.
        含 dataset_info.json 的目录。
        What is learned. The Dataset tab marks sets, shows their records and mixes them.
        学习的内容。在数据页勾选数据集、查看记录并设置混合。
        Momentum
        动量
        How much of the last step goes on into the next one; 0.9 is usual with sgd.
        上一步有多少延续到下一步；sgd 通常取 0.9。
        SGD's momentum, as momentum=0.9.
        SGD 的动量，写作 momentum=0.9。
        only with optimizer {1}
        仅用于优化器 {1}
        Adam β1
        Adam β1 系数
        How slowly the mean of gradients is forgotten. 0.9 is nearly always right.
        梯度均值的衰减系数。0.9 几乎总是合适。
        Decay of the first moment (AdamW, Lion).
        一阶矩的衰减系数（AdamW、Lion）。
        Adam β2
        Adam β2 系数
        How slowly AdamW forgets the mean of squared gradients: 0.95 to 0.999. For Lion it is that of the mean itself: 0.99.
        AdamW 梯度平方均值的衰减系数，0.95 到 0.999。对 Lion 则是均值本身的衰减系数，取 0.99。
        Decay of the second moment (AdamW), or of the mean that Lion keeps.
        二阶矩的衰减系数 (AdamW)，或 Lion 所存均值的衰减系数。
        Adam ε
        Adam ε 常数
        Guards AdamW against division by zero; larger values damp steps of small gradients.
        防止 AdamW 除以零；较大的值会减小小梯度的步长。
        AdamW's guard against division by zero.
        防止 AdamW 除以零的常数。
        Curve constants
        曲线参数
        Constants of the schedule as a mapping, such as {min_lr_rate: 0.1} or {power: 2}.
        学习率调节器的参数，写成映射，如 {min_lr_rate: 0.1} 或 {power: 2}。
        Constants of the curve: {min_lr_rate: 0.1}.
        曲线的参数：{min_lr_rate: 0.1}。
        Packing
        序列打包
        Puts several conversations, or pieces of text, into one row of the cutoff length. With neat, conversations of a row never see each other; with on they do, as in LLaMA-Factory. automatic is on for pt only.
        把多段对话或文本放进一条截断长度的序列。neat 时同一行中的对话互不可见；on 时与 LLaMA-Factory 一样彼此可见。automatic 仅在 pt 阶段开启。
        Join texts (pt) or put whole chats (sft) into rows of cutoff_len; null is on for pt. Chats of a row see each other; neat_packing keeps them apart.
        拼接文本（pt）或把整段对话（sft）放进 cutoff_len 长的序列；null 在 pt 时开启。同一行中的对话彼此可见；neat_packing 使其互不可见。
        System text
        系统提示词
        Stands in place of the template's system message where a record has none.
        记录没有系统提示词时，用它代替模板自带的。
        Replaces the template's system message.
        代替模板的系统提示词。
        Mixing
        混合方式
        How several data sets become one: one after the other, or in turns until the first is used up (under), until all are (over), or each example once.
        多个数据集如何合一：依次拼接（concat）；或交替取样，直到最短的用完（under）、全部用完（over），或每个样本恰好一次（once）。
        How several training sets become one.
        多个训练集如何合一。
        Mixing weights
        混合权重
        The chance of each data set with commas between, in the order of the marks; in the Dataset tab, m asks for them by name.
        各数据集的采样概率，按勾选顺序用逗号分隔；在数据页按 m 可逐个填写。
        The chance of each training set, when interleaved; they take turns without.
        交替取样时各训练集的概率；不填则轮流。
        only with interleaving
        仅用于交替混合
        Keep order
        保持顺序
        Takes the examples in the order of the data instead of a new order in each epoch.
        按数据原有顺序取样，不在每轮打乱。
        Keep the order of the examples.
        保持样本顺序。
        Group by length
        按长度分组
        Puts examples of similar length into the same micro-batch.
        把长度相近的样本放进同一批次。
        Put examples of similar length together.
        把长度相近的样本放在一起。
        Drop last
        丢弃末批
        Leaves out the incomplete last micro-batch of each epoch.
        舍弃每轮末尾不满的批次。
        Leave out an incomplete last batch of each pass.
        舍弃每轮末尾不满的批次。
        Order seed
        顺序种子
        The seed of the examples' order alone; empty takes the seed of the run.
        只决定样本顺序的随机种子；留空则用训练的种子。
        Seed of the examples' order; null takes seed.
        样本顺序的随机种子；null 则用 seed。
        Sets
        评估集
        Data sets to measure on instead of held-out examples, by name or file.
        用来评估的数据集（名称或文件），代替划出的样本。
        Data sets for evaluation.
        用于评估的数据集。
        At the end
        结束时评估
        Measures once more when the run has ended; without training the run does nothing else.
        训练结束时再评估一次；不训练时只做评估。
        Evaluate at the end; with do_train: false the run does nothing else.
        结束时评估；do_train: false 时只做评估。
        Off: nothing is trained, the model is only evaluated.
        关闭：不训练，只评估模型。
        At the start
        开始时评估
        Measures before the first step too, so that the curve begins with the base model.
        第一步之前也评估，使曲线从基座模型开始。
        Evaluate before the first step.
        第一步之前评估。
        Batch
        评估批大小
        Examples that are measured together. Without a backward pass there is more room.
        同时评估的样本数。没有反向传播，内存更宽裕。
        Examples in an evaluation batch.
        一个评估批次中的样本数。
        Patience
        早停耐心
        Ends the run after so many evaluations without a better loss. 0 is off.
        连续这么多次评估损失没有改善就结束训练。0 为关闭。
        Evaluations without improvement that end the run.
        连续多少次评估没有改善就结束。
        0: off
        0：关闭
        Log
        记录
        When a line of metrics is written: every few steps, each epoch, or never.
        何时写一行指标：每隔若干步、每轮，或不写。
        When a line of metrics is recorded.
        何时记录一行指标。
        Log first step
        记录首步
        Writes a line for the first step too.
        第一步也写一行指标。
        Record the first step too.
        第一步也记录。
        Weights only
        仅存权重
        Saved states hold no optimizer: smaller, but a run cannot go on from them.
        保存的状态不含优化器：更小，但不能从中继续训练。
        Leave out optimizer and random state: smaller, not resumable.
        不含优化器和随机状态：更小，但不可续训。
        Run name
        训练名称
        The name in lists of runs; empty takes the folder's.
        训练列表中的名称；留空用目录名。
        The run's name in lists; null takes the folder's.
        列表中的训练名称；null 用目录名。
        Resume from
        从何处续训
        The saved state to go on from; empty takes the newest in the run folder.
        从哪个保存的状态继续；留空用训练目录中最新的。
        The saved state to go on from; null takes the newest in output_dir if there is one, true demands one, false refuses a folder that has one.
        从哪个保存的状态继续；null 用 output_dir 中最新的（如果有），true 要求必须有，false 拒绝已有检查点的文件夹。
        held-out examples
        划出的样本
        Data sets by name or file, with commas between.
        数据集的名称或文件，用逗号分隔。
        Train.
        进行训练。
        the template's
        模板自带
        in turns
        轮流
        as the seed
        同随机种子
        as the folder
        同目录名
        the newest
        最新的
        blocks
        层
        epochs
        轮
        evaluations
        次评估
        examples
        个样本
        micro-batches
        个批次
        saved states
        个保存的状态
        steps
        步
        in
        单位
        preset {1}
        预设 {1}
        Quantizer
        量化方法
        RoPE scaling
        RoPE 插值
        FlashAttention
        FlashAttention 加速
        Unsloth
        Unsloth 加速
        Liger kernel
        Liger 内核
        Streaming
        流式读取
        PiSSA
        使用 PiSSA
        LLaMA Pro
        使用 LLaMA Pro
        OFT rank
        OFT 秩
        Label smoothing
        标签平滑
        Muon
        Muon 优化器
        Adam-mini
        Adam-mini 优化器
        Resize vocab
        更改词表大小
        New tokens
        新增 token
        Thinking
        启用思考模式
        Tool format
        工具格式
        Ignore padding
        忽略填充
        Accuracy
        准确率
        Report to
        外部记录
        Trackio project
        Trackio 项目
        Trackio space
        Trackio 空间
        Private repo
        私有仓库
        Push to hub
        上传到模型库
        DeepSpeed
        DeepSpeed 并行
        FSDP
        FSDP 并行
        Beta
        Beta 参数
        DFT loss
        DFT 损失
        EAFT loss
        EAFT 损失
        EAFT alpha
        EAFT alpha 值
        ASFT loss
        ASFT 损失
        ASFT alpha
        ASFT alpha 值
        Teacher weight
        教师权重
        Divergence
        散度
        KD temperature
        蒸馏温度
        LD alpha
        LD alpha 值
        BCO weight
        BCO 权重
        Answers and rewards
        回答与奖励
        Rewards
        奖励
        Reward weights
        奖励权重
        Reward timeout
        奖励时限
        Answers
        回答数
        Answer length
        回答长度
        Temperature
        温度
        Top p
        Top p 值
        Top k
        Top k 值
        GRPO loss
        GRPO 损失
        Scale rewards
        奖励缩放
        Ratio of
        比值对象
        KL beta
        KL beta 值
        Iterations
        迭代次数
        Epsilon
        Epsilon 值
        Epsilon high
        Epsilon 上限
        Leave out cut
        忽略截断
        all alike
        全部相同
        as epsilon
        同 epsilon
        SimPO gamma
        SimPO gamma 值
        DiscoPOP tau
        DiscoPOP tau 值
        Reference model
        参考模型
        adapters
        适配器
        bits
        位数
        Ftx gamma
        Ftx 系数
        Weight of good
        好回答权重
        Weight of bad
        坏回答权重
        Loss type
        损失类型
        Reward model
        奖励模型
        Score norm
        奖励归一化
        Whiten rewards
        白化奖励
        Freeze vision
        冻结视觉编码器
        Freeze projector
        冻结投影器
        Freeze language
        冻结语言模型
        Image max
        图像最大像素
        Image min
        图像最小像素
        Video max
        视频最大像素
        Video min
        视频最小像素
        Use GaLore
        使用 GaLore
        GaLore rank
        GaLore 秩
        Use APOLLO
        使用 APOLLO
        APOLLO rank
        APOLLO 秩
        Interval
        更新间隔
        Scale
        缩放系数
        Modules
        作用模块
        Use BAdam
        使用 BAdam
        BAdam mode
        BAdam 模式
        Switch mode
        切换策略
        Update ratio
        更新比例
        Use SwanLab
        使用 SwanLab
        Project
        项目名
        Experiment
        实验名
        Workspace
        工作区
        API key
        API 密钥
        SwanLab mode
        SwanLab 模式
        needs a GPU; this program computes on the processor
        需要 GPU；本程序在 CPU 上计算
        needs a GPU library; here base weights has int8, int4 and nf4
        需要 GPU 库；此处基座权重可选 int8、int4、nf4
        needs a service on the network; metrics go to files here
        需要网络服务；此处指标写入文件
        needs pictures or films; models here read text only
        需要图像或视频；此处模型只读文本
        not in this version yet
        此版本尚不支持
        not in this version yet: reward models and PPO
        此版本尚不支持奖励模型和 PPO
        not in this version yet: GaLore
        此版本尚不支持 GaLore
        not in this version yet: APOLLO
        此版本尚不支持 APOLLO
        not in this version yet: BAdam
        此版本尚不支持 BAdam
        not in this version yet: templates that think
        此版本的模板尚不支持思考
        not in this version yet: training on tool calls
        此版本尚不支持训练工具调用
        always on here: padding is never computed
        此处始终开启：从不计算填充
        not here: {1}
        此处没有：{1} 项
        {1} fields
        {1} 项
        {1} changed
        改动 {1} 处
        {1} to fix
        {1} 处需修正
        Enter opens and folds, z all of them
        回车展开或折叠，z 全部展开
        Plan files that use it are told so.
        计划文件使用它时会提示。
        search
        搜索
        go there
        前往
        a name, a key, or words of the help
        名称、键名或说明中的词
        open all sections, or fold rare ones
        展开全部，或折叠少用的
        command
        命令
        load a YAML
        载入 YAML
        complete
        补全
        nothing there begins so
        没有以此开头的
        load
        载入
        Load a plan
        载入训练计划
        a LLaMA-Factory YAML or JSON file
        LLaMA-Factory 的 YAML 或 JSON 文件
        It replaces the whole plan; u brings yours back.
        会替换整个计划；按 u 恢复。
        {1} asks for more
        {1} 还要求更多
        This version cannot follow these; Enter takes the rest.
        此版本无法执行这些；回车采用其余设置。
        Keys without effect here; the rest is taken with Enter.
        这些键在此无效；回车采用其余设置。
        refused
        拒绝
        no effect
        无效
        take the rest
        采用其余设置
        keep my plan
        保留我的计划
        keep mine as a preset
        把当前设置存为预设
        Keep the settings as a preset
        把设置存为预设
        Model, data and run folder are not part of it.
        不包含模型、数据和训练目录。
        delete
        删除
        x again deletes it
        再按 x 删除
        this one is the program's
        这是程序自带的
        a preset of your own
        自己的预设
        a preset needs a name
        预设需要名称
        a name has no / and no dot in front, and at most 100 bytes
        名称不能含 / 或以点开头，最多 100 字节
        a preset of the program has this name
        与程序自带的预设重名
        Command
        命令
        The same run without the interface, by the file {1}:
        不用界面做同样的训练，用文件 {1}：
        The same run without the interface, once w has written {1}:
        不用界面做同样的训练，先按 w 写入 {1}：
        Or without a file:
        或不用文件：
        The file:
        文件内容：
        write the file
        写入文件
        copy the command
        复制命令
        copy the file
        复制文件内容
        c and y copy through the terminal, where it allows that.
        c 与 y 经终端复制，需终端允许。
        handed to the terminal's clipboard
        已交给终端的剪贴板
        this terminal takes no text, or not so much
        此终端不接收文本，或文本过长
        at {1} tok/s of {2}
        按 {2} 的 {1} tok/s
        known after a first run of this kind
        做过一次同类训练后可知
        plan read
        已读取计划
        plan cannot be read
        计划无法读取

        """#
}
