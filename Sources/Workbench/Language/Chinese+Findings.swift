// Simplified Chinese: texts made elsewhere with values inside: stages, checks, findings of the kernel.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let findings = #"""
        {1} ({2})
        {1}（{2}）
        {1}: {2}
        {1}：{2}
        {1}. {2}
        {1}。{2}
        line {1}: {2}
        第 {1} 行：{2}
        Starting
        正在启动
        the run does not fit into memory
        这次训练的内存放不下
        the conversation does not fit into memory
        对话的内存放不下
        the checkpoint does not fit into memory
        这个检查点的内存放不下
        it needs about {1}, and {2} allows {3} more
        约需 {1}，而 {2} 只再允许 {3}
        Encoding the data
        正在编码数据
        Connecting to the run
        正在连接训练
        the process of the run has died
        训练进程意外终止
        R in Runs (7) goes on with it.
        在“记录”(7) 中按 R 可接着训练。
        R in Runs (7) begins it anew.
        在“记录”(7) 中按 R 可重新开始。
        the run's folder is gone
        训练目录已不存在
        the run cannot be reached
        无法连接训练
        Its process goes on without being steered.
        其进程继续运行，但无法控制。
        the run does not answer
        训练没有应答
        the run has just ended
        训练刚刚结束
        the run accepts no observers
        训练不允许查看
        the connection is lost
        连接已断开
        too many are connected
        连接数过多
        The session is shown in another terminal now (process {1}).
        会话已改在另一终端显示（进程 {1}）。
        Stopping the run and saving it.
        正在停止训练并保存。
        Messages of the session are in {1}
        会话的消息见 {1}
        the terminal type “{1}” is not known on this machine
        本机不认识终端类型“{1}”
        the terminal type “{1}” cannot show a full screen
        终端类型“{1}”无法全屏显示
        input or output is not a terminal
        输入或输出不是终端
        a terminal must come with it
        必须同时提供终端
        cannot connect
        无法连接
        Opening the model
        正在打开模型
        Reading the model
        正在读取模型
        Waiting for the run's next step
        等待训练的下一步
        Opening {1}
        正在打开 {1}
        Writing
        正在写入
        Checking
        正在检查
        guessed
        自动识别
        all {1} are there with the right shapes, {2} more are not used
        {1} 个张量齐全，形状正确；另有 {2} 个未使用
        With a system text the model's own template writes {1}, {2} writes {3}
        有系统提示词时，自带模板写出 {1}，{2} 写出 {3}
        Without a system text the model's own template writes {1}, {2} writes {3}
        没有系统提示词时，自带模板写出 {1}，{2} 写出 {3}
        its own template writes every turn
        自带模板能写出每一轮
        its own template leaves out part of a conversation
        自带模板漏掉部分对话
        it names none, none is needed
        未指定，也不需要
        its id {1} is outside of the vocabulary
        其编号 {1} 超出词表
        {1}, the same as the end of text; nothing is padded here
        {1}，与结束符相同；此处从不填充
        all {1} are there with the right shapes
        {1} 个张量齐全，形状正确
        {1} ids, but the model has {2}
        有 {1} 个编号，而模型只有 {2} 个
        {1} ids, text comes back unchanged
        {1} 个编号，文本可原样还原
        text does not come back unchanged
        文本不能原样还原
        unknown stop words {1}
        未知的停止词 {1}
        the model names no end-of-text token
        模型没有指定结束符
        its chat template is ChatML
        其对话模板为 ChatML
        its chat template is ChatML with SmolLM's default system text
        其对话模板为 ChatML，带 SmolLM 的默认系统提示词
        its chat template is ChatML with Qwen's default system text
        其对话模板为 ChatML，带 Qwen 的默认系统提示词
        its chat template has the headers of Llama 3
        其对话模板含 Llama 3 的标记
        its chat template is that of Llama 2
        其对话模板与 Llama 2 相同
        its chat template has Alpaca's headings
        其对话模板含 Alpaca 的标题
        the model has no chat template of its own
        模型没有自带的对话模板
        the first {1} greedy tokens are equal
        前 {1} 个贪心 token 完全相同
        {1}, largest logit difference {2}
        {1}，logit 最大差异 {2}
        weights lose {1}% by rounding (at most {2}% expected); {3}
        权重因舍入损失 {1}%（预期至多 {2}%）；{3}
        greedy tokens are equal up to number {1} of {2}
        贪心 token 在前 {1} 个相同（共 {2} 个）
        give a model folder or a GGUF file.
        请填写模型目录或 GGUF 文件。
        give one or more data sets.
        请选择一个或多个数据集。
        give a folder for the run's files.
        请填写训练文件的目录。
        one of the paths is empty.
        有一个路径为空。
        must be between {1} and {2}, is {3}.
        必须在 {1} 与 {2} 之间，现为 {3}。
        must be at least {1} and less than {2}, is {3}.
        必须不小于 {1} 且小于 {2}，现为 {3}。
        must be {1} or more, is {2}.
        必须不小于 {1}，现为 {2}。
        must be more than {1} and at most {2}, is {3}.
        必须大于 {1} 且不超过 {2}，现为 {3}。
        must be more than {1}, is {2}.
        必须大于 {1}，现为 {2}。
        must be a part below 1 or a whole number of examples, is {1}.
        必须为小于 1 的比例或整数个样本，现为 {1}。
        there is nothing to evaluate on: give eval_dataset or val_size.
        没有可评估的数据：请设置 eval_dataset 或 val_size。
        goes without eval_dataset only.
        不能与 eval_dataset 同时使用。
        there is no dataset to split.
        没有可划分的数据集。
        nothing to do: set do_train or do_eval to true.
        无事可做：请把 do_train 或 do_eval 设为 true。
        only stage sft has prompts.
        只有 sft 阶段有提示词。
        only stage sft has turns.
        只有 sft 阶段有对话轮次。
        stage {1} is not yet in this version; it runs {2}.
        此版本尚不支持 {1} 阶段；支持 {2}。
        no effect: pref_loss {1} has no reference.
        不起作用：pref_loss {1} 没有参考模型。
        no effect without ref_model.
        没有 ref_model 时不起作用。
        no effect without use_asft_loss.
        没有 use_asft_loss 时不起作用。
        no effect without grpo_beta.
        没有 grpo_beta 时不起作用。
        no effect: stage {1} draws no answers.
        不起作用：{1} 阶段不生成回答。
        stage {1} learns from its own answers; leave it out.
        {1} 阶段从自己的回答学习；请去掉。
        must be between {1} and {2}, is {3}: answers are compared with each other.
        必须在 {1} 与 {2} 之间，现为 {3}：回答彼此比较。
        stage {1} learns from it: name at least one rule, of {2}.
        {1} 阶段从中学习：请至少给出一条规则，可选 {2}。
        must be as many as reward_funcs, {1}, are {2}.
        个数必须与 reward_funcs 相同，即 {1}，现为 {2}。
        must be finite numbers.
        必须是有限的数。
        must be more than {1} and less than {2}, is {3}.
        必须大于 {1} 且小于 {2}，现为 {3}。
        no effect with grpo_iterations 1: answers are as likely as when they were drawn.
        grpo_iterations 为 1 时不起作用：回答的概率与生成时相同。
        no effect with stage grpo: answers are learned as they were drawn.
        grpo 阶段不起作用：回答按生成时的样子学习。
        contradicts use_dft_loss and use_eaft_loss; choose one.
        与 use_dft_loss 和 use_eaft_loss 矛盾；请择一。
        no effect: it goes with use_asft_loss.
        不起作用：它与 use_asft_loss 一起使用。
        stage distill learns from it: name the teacher, a model with the same tokenizer.
        distill 阶段从它学习：请指定教师，即使用相同分词器的模型。
        no effect: stage {1} does not read it.
        不起作用：{1} 阶段不使用它。
        no effect: it belongs to another preference stage or loss.
        不起作用：它属于其他偏好阶段或损失。
        must be above 0, is {1}.
        必须大于 0，现为 {1}。
        must be 0 or more and below 0.5, is {1}.
        必须不小于 0 且小于 0.5，现为 {1}。
        All answers are marked good; kto learns from both kinds.
        所有回答都标为好；kto 需要两种回答。
        All answers are marked bad; kto learns from both kinds.
        所有回答都标为坏；kto 需要两种回答。
        The value head is left out: GGUF files have no place for it.
        未包含价值头：GGUF 文件中没有它的位置。
        no loss of stage {1} reads it; leave it out.
        {1} 阶段的损失不使用它；请去掉它。
        contradicts use_dft_loss; choose one.
        与 use_dft_loss 冲突；请二选一。
        goes without use_dft_loss, use_eaft_loss and use_asft_loss only.
        不能与 use_dft_loss、use_eaft_loss 或 use_asft_loss 同时使用。
        no effect: it goes with use_eaft_loss.
        不起作用：它仅用于 use_eaft_loss。
        goes with pref_loss {1} only.
        仅用于 pref_loss 为 {1} 时。
        no effect: it goes with pref_loss {1}.
        不起作用：它仅用于 pref_loss {1}。
        {1} is no loss of TRL any more; name another.
        TRL 中已没有 {1} 损失；请换一个。
        answers of stage {1} never share a row; leave it out.
        {1} 阶段的回答不会共用一行；请去掉它。
        no effect with stage {1}: model and reference must be alike but for what was learned, and LLaMA-Factory switches dropout off as well.
        在 {1} 阶段不起作用：除所学内容外，模型与参考模型必须一致，LLaMA-Factory 同样会关闭 dropout。
        the reference is the base without this adapter, as in LLaMA-Factory; create_new_adapter: true merges it into the reference.
        与 LLaMA-Factory 一样，参考模型是不带此适配器的基座；create_new_adapter: true 会把它合并进参考模型。
        processors compute in float32 instead, which is more accurate.
        处理器改用 float32 计算，精度更高。
        this processor has no bf16 arithmetic (AVX512_BF16): computed in float32, which is more accurate.
        此处理器没有 bf16 运算 (AVX512_BF16)：改用 float32 计算，精度更高。
        this processor has no bf16 arithmetic (AVX512_BF16): products are computed in float32; weights that train are held in bf16 all the same.
        此处理器没有 bf16 运算 (AVX512_BF16)：矩阵乘法用 float32 计算；可训练权重仍存为 bf16。
        changes nothing beyond bf16 here: adapters train in float32. It halves matrices of the base that train: full, freeze, additional_target.
        此处与 bf16 无异：适配器以 float32 训练。它只把可训练的基座矩阵减半：full、freeze、additional_target。
        no effect: it goes with optim {1}.
        无效：仅用于 optim {1}。
        momentum goes with optim {1} only.
        动量仅用于 optim {1}。
        no effect: metrics go to trainer_log.jsonl, not to {1}; {2} works.
        不起作用：指标写入 trainer_log.jsonl，不发送到 {1}；可用 {2}。
        The run is not reported to {1}: {2}
        运行没有写入 {1}：{2}
        no effect: it belongs to finetuning_type {1}.
        不起作用：它属于 finetuning_type {1}。
        an adapter goes with finetuning_type lora only.
        适配器只能与 finetuning_type lora 一起使用。
        quantized weights cannot train; use finetuning_type lora.
        量化权重不能训练；请用 finetuning_type lora。
        contradicts train_on_prompt; choose one.
        与 train_on_prompt 冲突；请二选一。
        conversations that share a row never see each other.
        同一行中的对话互不可见。
        conversations that share a row see each other, as in LLaMA-Factory; neat_packing: true keeps them apart.
        与 LLaMA-Factory 一样，同一行中的对话彼此可见；neat_packing: true 使其互不可见。
        trained weights
        训练过的权重
        the conversation is longer than the model's context
        对话超出模型的上下文长度
        {1} tokens of at most {2}
        {1} 个 token，最多 {2} 个
        Start a new conversation, or ask something shorter.
        请开始新对话，或缩短问题。
        Give a shorter reference, or start a new conversation.
        请缩短参考回答，或开始新对话。
        there is no run to chat with
        没有可以对话的训练
        Choose base or an adapter.
        请选择基座或适配器。
        the model's template knows no tools
        模型的模板不支持工具
        Take the tools away, or choose a model that was made for them.
        请清空工具列表，或换用支持工具的模型。
        a conversation of this name is saved already
        已有同名的对话
        Choose another name, or delete that one.
        请换一个名称，或先删除那个对话。
        cannot read the conversation
        无法读取对话
        cannot read the tools
        无法读取工具列表

        at most {1} prompts, found {2}.
        最多 {1} 个提示词，现有 {2} 个。
        one of the prompts is empty.
        有一个提示词为空。
        two of the prompts are the same.
        有两个提示词相同。
        Sample prompt {1} is left out: {2}
        样例提示词 {1} 被忽略：{2}
        the log is too large to plot
        日志过大，无法绘图
        {1} bytes of at most {2}
        {1} 字节，上限为 {2}
        cannot read the log
        无法读取日志
        there is no run to write about
        该文件夹中没有训练记录，无法写备注
        there is no run to delete
        该文件夹中没有可删除的训练记录
        cannot make the trash folder
        无法创建回收站文件夹
        Delete the folder by hand.
        请手动删除该文件夹。
        cannot delete the run
        无法删除该训练记录
        This model has one table for embedding and head: additional_target trains it as one, and the adapter keeps it for both.
        该模型的词嵌入与输出层共用一张表：additional_target 将其作为一张表训练，适配器为两者都保存。
        The adapter gives the model a head of its own: the base has one table for embedding and head, and PEFT changes one without the other.
        适配器使模型有了独立的输出层：基座的词嵌入与输出层共用一张表，PEFT 只改动其中之一。
        Keys of the adapter's configuration that are not known: {1}{2}.
        适配器配置中有未知的键：{1}{2}。
        The adapter says that it belongs to {1}, not to this model.
        适配器声明属于 {1}，不是此模型。
        cannot use this adapter
        无法使用该适配器
        cannot bring the run back
        无法恢复该训练记录
        something else is there now
        原位置已有其他内容
        It stays in {1}.
        它仍保留在 {1}。
        a process is working in it
        有进程正在使用它
        Stop the run first.
        请先停止该训练。
        """#
}
