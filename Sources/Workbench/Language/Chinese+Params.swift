// Simplified Chinese: labels and help of the parameters, their notes, and presets.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let params = #"""
        × {1} = {2} a step
        × {1} = 每步 {2}
        0: all
        0：全部
        max steps decides
        由最大步数决定
        0: by epochs
        0：按训练轮数
        warm-up steps decide
        由预热步数决定
        only with method lora
        仅用于 lora 方法
        only with an adapter: method lora or ia3
        仅用于训练适配器的方法：lora 或 ia3
        only with method ia3
        仅用于 ia3 方法
        only with method freeze
        仅用于 freeze 方法
        only with stage sft
        仅用于 sft 阶段
        only with stages sft and distill
        仅用于 sft 和 distill 阶段
        only with stage distill
        仅用于 distill 阶段
        only with ASFT loss
        仅用于 ASFT 损失
        only with stage grpo
        仅用于 grpo 阶段
        only with more than one iteration
        仅在多于一次迭代时可用
        What an answer is worth, a rule on each line: exact, number, regex EXPRESSION, length 20..200, tags think,answer, json, command PROGRAM.
        一个回答的价值，每行一条规则：exact、number、regex 表达式、length 20..200、tags think,answer、json、command 程序。
        How much each rule counts, with commas between, in their order.
        每条规则的权重，以逗号分隔，按规则顺序。
        Seconds that a program among the rewards may take for the answers of a step.
        奖励中的程序评判一步的回答最多可用的秒数。
        Answers to each prompt; they are compared with each other.
        每个提示的回答数；它们彼此比较。
        Most tokens of an answer; longer ones are cut.
        一个回答的最多词元数；更长的会被截断。
        How tokens are drawn: 1 as the model predicts them, less keeps to the likely ones.
        词元的采样方式：1 为按模型预测，更小则偏向可能的词元。
        Draws from the likeliest tokens that add up to this chance; 1 from all.
        从累计达到此概率的最可能词元中采样；1 为全部。
        Draws from so many of the likeliest tokens; 0 from all.
        从这么多个最可能的词元中采样；0 为全部。
        What losses are averaged over: each answer's tokens (grpo), all tokens of a step (dapo), answers of full length (dr_grpo).
        损失按什么求平均：各回答的词元（grpo）、一步的全部词元（dapo）、满长的回答（dr_grpo）。
        What rewards are divided by: the spread of their group, of the whole step, or nothing.
        奖励除以什么：所在组的标准差、整步的标准差，或不除。
        Whether each token counts by its own change of probability or by its answer's (GSPO).
        每个词元按自身的概率变化计，还是按所在回答的变化计（GSPO）。
        How closely the model stays to what it was before training. 0 lets it go, and costs no reference.
        模型与训练前保持多近。0 为不约束，也不需要参考模型。
        Updates on the same answers; more than one is clipped by epsilon.
        对同一批回答的更新次数；多于一次时按 epsilon 裁剪。
        How far a token's probability may change by the updates of a step before it stops counting.
        一步的更新中词元概率可变化多少，超出则不再计入。
        The same for tokens that become likelier; DAPO has 0.28.
        对变得更可能的词元的同样限制；DAPO 用 0.28。
        Learns nothing from answers that were cut.
        不从被截断的回答学习。
        What an answer is worth (grpo, own key): exact, number, regex EXPRESSION, length FROM..TO, tags NAME,NAME, json SCHEMA.json, command PROGRAM.
        一个回答的价值（grpo，自有键）：exact、number、regex EXPRESSION、length FROM..TO、tags NAME,NAME、json SCHEMA.json、command PROGRAM。
        How much each of them counts (own key); all alike when empty.
        各条的权重（自有键）；留空则相同。
        Seconds that a program among them may take for a step's answers (own key).
        其中的程序评判一步的回答最多可用的秒数（自有键）。
        Answers to each prompt (grpo, own key).
        每个提示的回答数（grpo，自有键）。
        Most tokens of such an answer (grpo).
        这种回答的最多词元数（grpo）。
        How flat the draws of its tokens are (grpo).
        词元采样的平坦程度（grpo）。
        Draw from the likeliest tokens that add up to this chance (grpo).
        从累计达到此概率的最可能词元中采样（grpo）。
        Draw from so many likeliest tokens; 0 is all (grpo).
        从这么多个最可能的词元中采样；0 为全部（grpo）。
        What losses are averaged over (own key): each answer, all tokens, or full lengths.
        损失按什么求平均（自有键）：各回答、全部词元或满长。
        What rewards are divided by (own key): the spread of a group, of the step, or nothing.
        奖励除以什么（自有键）：组的标准差、整步的标准差，或不除。
        Whose ratio of probabilities counts (own key): each token's, or its sequence's (GSPO).
        按谁的概率比计（自有键）：每个词元的，或其序列的（GSPO）。
        How much the KL divergence from the model before training counts (own key).
        与训练前模型的 KL 散度所占权重（自有键）。
        Updates on the same answers (own key).
        对同一批回答的更新次数（自有键）。
        How far probabilities may change by the updates of a step (own key).
        一步的更新中概率可变化多少（自有键）。
        The same upwards (own key); null is grpo_epsilon.
        向上的同样限制（自有键）；null 为 grpo_epsilon。
        Learn nothing from answers that were cut (own key).
        不从被截断的回答学习（自有键）。
        DFT loss that also keeps the model near what it was before training.
        在 DFT 损失之上使模型保持接近训练前的状态。
        Weigh each token by its own probability and stay near the model before training (sft).
        按词元自身概率加权，并保持接近训练前的模型（sft）。
        How much staying near counts: the weight of the KL divergence (sft).
        保持接近所占权重：KL 散度的系数（sft）。
        How much the teacher counts beside the data's own tokens, 0 to 1 (distill).
        教师相对数据自身词元所占权重，0 到 1（distill）。
        The divergence: 0 KL(teacher to student), 1 KL(student to teacher), between both (distill).
        散度：0 为 KL(教师‖学生)，1 为 KL(学生‖教师)，其间为二者的混合（distill）。
        What logits are divided by before they are compared (distill).
        比较之前 logits 所除的数（distill）。
        How much that counts: the weight of the KL divergence.
        其所占权重：KL 散度的系数。
        How much the teacher (reference model) counts; the rest is the loss of the data's tokens.
        教师（参考模型）所占权重；其余为数据自身词元的损失。
        0: the student covers all that the teacher finds likely; 1: it keeps to what it finds likely itself; between: both.
        0：学生覆盖教师认为可能的全部内容；1：学生专注于自己认为可能的内容；介于两者之间则兼顾。
        What logits are divided by before they are compared; more than 1 shows unlikely tokens too.
        比较之前 logits 所除的数；大于 1 时也会显现不太可能的词元。
        only with stage dpo
        仅用于 dpo 阶段
        only with stage kto
        仅用于 kto 阶段
        only with stages dpo and kto
        仅用于 dpo 与 kto 阶段
        2 × rank, scale {1}
        2 × 秩，缩放 {1}
        scale {1}
        缩放 {1}
        float32 on this processor
        此处理器用 float32
        computed in float32
        用 float32 计算
        bf16 here
        此处用 bf16
        float32 here
        此处用 float32
        there is no choice {1}.
        没有选项 {1}。
        only with evaluate: steps
        仅当评估方式为 steps
        only with save: steps
        仅当保存方式为 steps
        expected automatic, on or off.
        应为 automatic、on 或 off。
        expected automatic, neat, on or off.
        应为 automatic、neat、on 或 off。
        the model has no {1}; it has {2}.
        模型没有 {1}；可选：{2}。
        take this preset
        采用此预设
        save
        保存
        accept
        确定
        accept, next field
        确定，下一项
        give up
        放弃
        edit
        编辑
        more, next choice
        增大、下一选项
        presets
        预设
        save as YAML
        存为 YAML
        undo
        撤销
        nothing to undo
        没有可撤销的修改
        redo
        重做
        nothing to redo
        没有可重做的修改
        defaults
        默认值
        {1}, {2} changed
        {1}，改动 {2} 处
        1 thing to fix
        1 处需修正
        {1} things to fix
        {1} 处需修正
        Save the plan as YAML
        把训练计划存为 YAML
        a file name
        文件名
        An existing file is replaced.
        已有文件会被覆盖。
        Presets
        预设
        model, data and folder stay
        模型、数据和目录不变
        LoRA, small and quick
        LoRA，小而快
        A first run that ends in minutes.
        几分钟即可完成的首次训练。
        LoRA, thorough
        LoRA，充分训练
        The usual fine-tuning of a chat model.
        对话模型的常规微调。
        QLoRA, least memory
        QLoRA，最省内存
        When the model barely fits.
        模型勉强放得下时使用。
        Full, all weights
        全参数微调
        Small models with much data.
        小模型、大数据。
        Freeze, last blocks
        冻结微调，最后几层
        Between LoRA and full: two blocks train.
        介于 LoRA 与全参数之间：训练两层。
        Pre-training on text
        文本预训练
        Plain text goes on where the model ended.
        用纯文本继续预训练。
        Optimizer
        优化器
        Output
        输出
        Micro-batch
        批大小
        Examples that are computed together. Memory grows with it; on a CPU 1 to 4 is as fast as more.
        同时计算的样本数。越大越占内存；在 CPU 上 1 到 4 与更大同样快。
        Examples in a micro-batch.
        一个批次中的样本数。
        Accumulation
        梯度累积
        Micro-batches that make one step. Micro-batch × accumulation is what the optimizer sees; 8 to 32 is usual.
        每步累积的批次数。批大小 × 梯度累积才是优化器看到的批量，通常为 8 到 32。
        Micro-batches in one optimizer step.
        每个优化步中的批次数。
        Cutoff length
        截断长度
        Most tokens of one example; longer ones are cut. Memory grows with it: no more than the data needs, which the Dataset tab shows.
        单个样本的最大 token 数，超出部分截断。越大越占内存：够用即可，数据页可见所需长度。
        Most tokens of one example.
        单个样本的最大 token 数。
        Max samples
        最大样本数
        At most so many examples of each data set, for a quick try. 0 takes all.
        每个数据集最多取多少样本，便于快速尝试。0 表示全部。
        Most examples of each data set.
        每个数据集的最大样本数。
        Epochs
        训练轮数
        Passes over the data, parts allowed. 1 to 3 for much data, up to 10 for a persona of a few dozen examples.
        遍历数据的次数，可为小数。数据多时 1 到 3 轮；几十条样本的人设可到 10 轮。
        Passes over the data; may be a part.
        遍历数据的次数，可为小数。
        Max steps
        最大步数
        Ends the run after so many optimizer steps, whatever the epochs say. 0 is off.
        到达此步数即结束，不论训练轮数。0 为关闭。
        Optimizer steps; wins over epochs when above 0.
        优化步数；大于 0 时优先于训练轮数。
        Learning rate
        学习率
        The highest rate of the run. LoRA: 1e-4 to 5e-4; full and freeze: 5e-6 to 5e-5. Too high and the loss jumps, too low and nothing is learned.
        训练中的最高学习率。LoRA：1e-4 到 5e-4；全参数与冻结：5e-6 到 5e-5。过高则损失震荡，过低则学不到东西。
        The peak learning rate.
        学习率的峰值。
        Schedule
        学习率调节器
        How the rate goes over the run. cosine falls slowly, then fast, then slowly; linear evenly; constant stays.
        学习率的变化方式。cosine 先慢后快再慢地下降；linear 匀速下降；constant 不变。
        The curve of the learning rate.
        学习率的变化曲线。
        Warm-up ratio
        预热比例
        The part of the run in which the rate rises from zero. 0.03 to 0.1 is usual.
        学习率从零上升的阶段占训练的比例，通常为 0.03 到 0.1。
        The same as a part of the run.
        同上，以占训练的比例表示。
        Warm-up steps
        预热步数
        The same in steps; wins over the ratio when above 0.
        同上，以步数表示；大于 0 时优先于比例。
        Steps from zero to the full rate; below 1 a part of the run.
        从零升到最高学习率的步数；小于 1 时为比例。
        adamw_torch adapts to each weight and is right nearly always. lion_32bit keeps half of its state; give it a third to a tenth of AdamW's rate. sgd needs a third of the memory and more patience. adafactor keeps hardly any state and adapts as well.
        adamw_torch 对每个权重自适应，几乎总是合适。lion_32bit 的状态只有一半，学习率取 AdamW 的三分之一到十分之一。sgd 只需三分之一的内存，但更需耐心。adafactor 几乎不占状态内存，同样自适应。
        The update rule.
        参数更新规则。
        Weight decay
        权重衰减
        Pulls weights towards zero in each step: 0 to 0.1. Biases and norms are left alone.
        每步把权重拉向零：0 到 0.1。不作用于偏置和归一化层。
        Decay of weights; biases and norms excepted.
        权重衰减系数；偏置和归一化层除外。
        Gradient clip
        最大梯度范数
        Gradients longer than this are shortened to it. 1 is usual; 0 is off.
        梯度范数超过此值时按比例缩小。通常为 1；0 为关闭。
        Gradients are clipped to this norm; 0 is off.
        梯度裁剪的范数上限；0 为关闭。
        Stage
        训练阶段
        sft learns the answers of chats and instructions. pt goes on with plain text. rm learns to score answers from pairs. dpo learns which of two answers is better, kto from answers marked good or bad.
        sft 学习对话与指令的回答。pt 用纯文本继续预训练。rm 从成对的回答中学习打分。dpo 学习两个回答中哪个更好，kto 从标为好或坏的回答中学习。
        What is optimized: pt (plain text), sft (chats), rm (pairs of answers, for a model that scores), dpo (pairs of answers), kto (answers marked good or bad), distill (chats, as another model predicts them), grpo (prompts, whose answers rules judge).
        优化目标：pt（纯文本）、sft（对话）、rm（成对的回答，训练打分模型）、dpo（成对的回答）、kto（标为好或坏的回答）、distill（按另一模型的预测学习对话）、grpo（由规则评判模型对提示的回答）。
        The loss of a pair of answers (dpo).
        一对回答的损失函数（dpo）。
        How closely the model stays to what it was before (dpo, kto).
        模型与训练前保持接近的程度（dpo、kto）。
        The chance that a pair is the wrong way round (dpo); below 0.5.
        一对回答的优劣标反的概率（dpo）；须小于 0.5。
        How much of the own loss of good answers is added (dpo, kto).
        额外加上多少好回答自身的损失（dpo、kto）。
        A model of its own to compare with (dpo, kto, ASFT), or the teacher (distill); null takes the model before training.
        用作比较的独立模型（dpo、kto、ASFT），或教师模型（distill）；null 使用训练前的模型。
        Adapters over ref_model, in order.
        叠加在 ref_model 上的适配器，按顺序。
        Bits of the weights of ref_model; null keeps them as the file has them.
        ref_model 权重的位数；null 保持文件中的格式。
        A model of its own to compare with, or the teacher of stage distill: a folder or a GGUF file with the same tokenizer. It takes memory beside the model that trains; empty takes none.
        用作比较的独立模型，或 distill 阶段的教师：使用相同分词器的文件夹或 GGUF 文件。它在训练模型之外另占内存；留空则不占。
        Adapters over the reference, in order, with commas between.
        叠加在参考模型上的适配器，按顺序，用逗号分隔。
        Bits of the reference's weights in memory.
        参考模型权重在内存中的位数。
        this loss has no reference
        此损失没有参考模型
        only with a reference
        仅在指定参考模型时
        the model before training
        训练前的模型
        The weight of answers marked good (kto).
        标为好的回答的权重（kto）。
        The weight of answers marked bad (kto).
        标为坏的回答的权重（kto）。
        The weight of answers that are marked good; raise it where they are few.
        标为好的回答的权重；这类回答较少时可调高。
        The weight of answers that are marked bad; raise it where they are few.
        标为坏的回答的权重；这类回答较少时可调高。
        How much BCO's loss counts beside pref_loss (dpo); 0 is off.
        BCO 损失在 pref_loss 之外占多大权重（dpo）；0 为关闭。
        The margin that SimPO wants (dpo, simpo).
        SimPO 要求的奖励间隔（dpo、simpo）。
        How sharply DiscoPOP changes between its two losses (dpo, discopop).
        DiscoPOP 在两种损失之间切换的陡峭程度（dpo、discopop）。
        Weight of an answer's tokens beyond the shorter answer's length (dpo); null is off.
        超出较短回答长度的 token 的权重（dpo）；null 为关闭。
        The margin between both answers' rewards that SimPO wants.
        SimPO 要求两个回答的奖励之间的间隔。
        How sharply DiscoPOP changes between its two losses.
        DiscoPOP 在两种损失之间切换的陡峭程度。
        How much tokens of an answer count that is longer than the other; 1 counts all alike.
        较长回答超出部分的 token 计多少权重；1 表示同等看待。
        How much of the target is spread over the vocabulary (pt, sft).
        目标中分摊到整个词表的比例（pt、sft）。
        Weigh each token by its own probability (sft).
        按每个 token 自身的概率加权（sft）。
        Weigh each token by the entropy of its prediction (sft).
        按预测的熵给每个 token 加权（sft）。
        The power of that entropy (sft).
        该熵的指数（sft）。
        Spreads so much of the target over the vocabulary, which keeps answers less certain. 0 is off.
        把目标的这一部分分摊到整个词表，使回答不过于确定。0 为关闭。
        Weighs each token by its own probability: what the model finds impossible moves it little.
        按每个 token 自身的概率加权：模型认为不可能的内容对它影响很小。
        Weighs each token by how undecided the model is about it.
        按模型对每个 token 的犹豫程度加权。
        How strongly that counts: the power of the entropy.
        其影响强度：熵的指数。
        only with EAFT loss
        仅用于 EAFT 损失
        only with stages pt and sft
        仅用于 pt 和 sft 阶段
        only with loss type {1}
        仅用于损失类型 {1}
        How the preference for one of two answers becomes a loss. sigmoid is that of DPO.
        两个回答之间的偏好如何变成损失。sigmoid 即 DPO 的损失。
        How closely the model stays to what it was before. 0.1 is usual; less lets it go further.
        模型与训练前保持接近的程度。通常为 0.1；更小则允许偏离更远。
        The chance that a pair is the wrong way round; 0 trusts them all.
        一对回答的优劣标反的概率；0 表示全部信任。
        Adds so much of the own loss of good answers, which keeps them likely. 0 is off.
        额外加上这么多优选回答自身的损失，使其保持较高概率。0 为关闭。
        How much BCO's loss, which judges each answer alone, counts beside this one. 0 is off.
        逐个评判回答的 BCO 损失在此损失之外占多大权重。0 为关闭。
        Method
        微调方法
        lora trains small matrices beside the frozen model: little memory, an adapter of a few megabytes. ia3 trains a factor for each output of a few layers, the smallest adapter there is. freeze trains the last blocks. full trains everything and needs 16 bytes for each weight.
        lora 冻结模型，只训练旁路小矩阵：省内存，适配器仅几 MB。ia3 只为少数层的每个输出训练一个系数，是最小的适配器。freeze 训练最后几层。full 训练全部参数，每个权重需 16 字节。
        Which weights train.
        训练哪些权重。
        Rank
        LoRA 秩
        How much an adapter can learn. 8 to 16 for a style or a persona, 32 to 64 for new tasks. Memory and time grow with it.
        适配器的学习容量。风格或人设用 8 到 16，新任务用 32 到 64。越大越费内存和时间。
        The rank of LoRA matrices.
        LoRA 矩阵的秩。
        Alpha
        LoRA 缩放系数
        The adapter's output is scaled by alpha ÷ rank. Twice the rank is the usual choice and the default; more is like a higher learning rate.
        适配器输出乘以 alpha ÷ 秩。通常取秩的两倍，也是默认值；更大相当于更高的学习率。
        LoRA's scaling numerator; null is twice the rank.
        LoRA 缩放的分子；null 为秩的两倍。
        Dropout
        LoRA 随机丢弃
        The chance that an input of an adapter is dropped in training. 0.05 helps against learning by heart when data is scarce.
        训练时丢弃适配器输入的概率。数据少时取 0.05 可减轻死记硬背。
        Chance that an adapter's input is dropped.
        适配器输入被丢弃的概率。
        Targets
        LoRA 作用模块
        Which projections get an adapter: all, or names with commas between, such as q_proj,v_proj. All learns most for its size.
        给哪些投影层加适配器：all，或用逗号分隔的名称，如 q_proj,v_proj。all 的效果最好。
        Projections that get an adapter; all is every linear layer but the head.
        加适配器的投影层；all 为除输出层外的全部线性层。
        all
        全部
        rsLoRA
        rsLoRA
        DoRA
        DoRA
        Trains the length of each row of a weight beside its direction: closer to full tuning at low ranks, and a little slower.
        除方向外还训练权重每一行的长度：低秩时更接近全量微调，速度稍慢。
        Train the length of each weight row beside its direction (DoRA).
        除方向外还训练权重每一行的长度（DoRA）。
        IA3 targets
        IA3 目标模块
        Which projections get factors: all, or names with commas between. down_proj has its inputs scaled, the others their outputs.
        哪些投影层带缩放系数：all，或以逗号分隔的名称。down_proj 缩放输入，其余缩放输出。
        Projections that IA3 scales; all is every linear layer but the head.
        IA3 缩放的投影层；all 表示除输出头外的所有线性层。
        Scales by alpha ÷ √rank, which keeps high ranks (64 and more) learning.
        按 alpha ÷ √秩 缩放，使高秩（64 及以上）仍能有效学习。
        LoRA+ ratio
        LoRA+ 倍率
        LoRA+: the matrix B learns at so many times the rate of A. 16 is usual, with half of the usual learning rate; 0 is off.
        LoRA+：矩阵 B 的学习率是 A 的多少倍。通常取 16，并将学习率减半；0 为关闭。
        LoRA+: the learning rate of B is so many times that of A; null or 0 is off.
        LoRA+：B 的学习率是 A 的多少倍；null 或 0 为关闭。
        Scale by alpha/√rank instead of alpha/rank.
        按 alpha/√秩 而非 alpha/秩 缩放。
        Last blocks
        可训练层数
        How many of the last blocks train; the first ones when negative.
        训练最后多少层；负数表示最前面的层。
        Blocks that train: the last n, or the first n when negative.
        训练的层：最后 n 层，负数为最前 n 层。
        Compute type
        计算类型
        Data type of matrix products. auto takes bf16 on processors with AVX512_BF16, where it halves their time and moves losses by less than 1 %; sums, trained weights and the loss stay float32. pure_bf16 stores the base's trained weights and the optimizer state as bf16 too: 10 bytes each instead of 16, with stochastic rounding. Processors without it, and fp16, compute in float32.
        矩阵乘法的精度。auto 在支持 AVX512_BF16 的处理器上用 bf16，用时减半，损失变化不到 1 %；累加、训练权重和损失仍为 float32。pure_bf16 还把基座的可训练权重与优化器状态存为 bf16：每个参数 10 字节而非 16 字节，采用随机舍入。不支持的处理器以及 fp16 都用 float32 计算。
        Multiply in bfloat16 where the processor can (auto asks it without a note); sums and weights stay float32.
        处理器支持时用 bfloat16 做乘法；累加和权重仍为 float32。
        Base weights
        基座权重
        How the frozen model lies in memory. as stored: like the file; an adapter trains straight on a GGUF's blocks. nf4 and int4 take a quarter of 16 bits and lose a little; int8 half. float32: decoded once, largest.
        冻结的模型如何放在内存中。原样：与文件相同，适配器可直接在 GGUF 块上训练。nf4 与 int4 为 16 位的四分之一，略有损失；int8 为一半。float32：一次解码，最占内存。
        Bits of the frozen base weights (QLoRA). null keeps them as the file has them: the blocks of a GGUF stay, and an adapter trains straight on them.
        冻结基座的量化位数 (QLoRA)。null 保持文件原样。
        as stored
        原样
        How turns become text. It must be the one that the model was trained with; the Model tab detects it. Empty takes the one inside the model.
        对话如何转成文本。必须与模型训练时一致；模型页会自动检测。留空则用模型自带的模板。
        The chat template; null takes the model's own.
        对话模板；null 使用模型自带的。
        Held out
        验证集
        Examples that are not trained on but measured: below 1 a part, else a number of them. 0.05 to 0.1 shows when learning by heart begins.
        只用于评估、不参与训练的样本：小于 1 为比例，否则为个数。取 0.05 到 0.1 可看出何时开始过拟合。
        Held-out examples: a part below 1, or a count.
        验证样本：小于 1 为比例，否则为个数。
        Evaluate
        评估
        When the loss on held-out examples is measured: no, every few steps, or after each epoch. It needs held-out examples.
        何时计算验证集损失：no、每隔若干步或每轮之后。需要有验证集。
        When held-out loss is measured.
        何时计算验证集损失。
        every
        间隔
        Steps between two evaluations; below 1 a part of the run. Empty follows the log.
        两次评估之间的步数；小于 1 为占训练的比例。留空与日志间隔相同。
        Steps between two evaluations.
        两次评估之间的步数。
        as the log
        同日志间隔
        Save
        保存方式
        When the state is saved, so that the run can go on from there.
        何时保存检查点，以便从该处继续训练。
        When the state is saved.
        何时保存检查点。
        Steps between two saved states; below 1 a part of the run.
        两个检查点之间的步数；小于 1 为占训练的比例。
        Steps between two saved states.
        两个检查点之间的步数。
        keep
        保留
        The newest states that are kept; older ones are deleted. 0 keeps all.
        保留最新的检查点个数，更早的会删除。0 表示全部保留。
        Saved states kept; null keeps all.
        保留的检查点个数；null 为全部。
        Best at end
        最后取最优
        The result is the saved state with the lowest held-out loss instead of the last.
        结果取验证损失最低的检查点，而不是最后一个。
        Take the state with the lowest evaluation loss as the result; each new best is saved.
        结果取评估损失最低的检查点；每次出现新的最优都会保存。
        Log every
        日志间隔
        Steps between two lines of metrics and two points of the plot's log.
        两行指标之间的步数。
        Steps between two lines of metrics.
        两行指标之间的步数。
        Run folder
        输出目录
        a folder for the run's files
        存放训练文件的目录
        Adapter, metrics and saved states go here. A run in it goes on where it stopped.
        适配器、指标和检查点写在这里。目录中已有的训练会从中断处继续。
        The folder of the run's files.
        训练文件的目录。
        Start over
        重新开始
        Begins anew in a folder that holds a run, instead of going on.
        目录中已有训练时重新开始，而不是继续。
        Start over in a folder with a run.
        在已有训练的目录中重新开始。
        Seed
        随机种子
        The same seed gives the same run, to the last bit, on the same machine.
        同一台机器上，相同种子得到逐位相同的训练。
        Seed of adapters, dropout and noise.
        适配器、随机丢弃和噪声的种子。
        Recompute
        重计算
        Computes activations a second time instead of keeping them: far less memory, about a third more time, the same result. automatic decides by the memory there is.
        激活值不保存而是再算一次：内存大减，用时约多三分之一，结果相同。automatic 按可用内存决定。
        Recompute activations to save memory; null does when the run would not fit otherwise.
        重计算激活值以节省内存；null 为放不下时才重计算。
        automatic
        自动
        NEFTune noise
        NEFTune 噪声
        Noise on the embeddings in training, 5 to 15, which can make answers livelier. 0 is off.
        训练时给嵌入层加噪声，取 5 到 15，可使回答更生动。0 为关闭。
        Magnitude of noise on embeddings while training (5 to 15).
        训练时嵌入层噪声的幅度（5 到 15）。
        Train on prompt
        学习提示词
        Learns questions and system messages too, not only answers.
        不仅学习回答，也学习问题和系统消息。
        Learn the prompt too (sft).
        同时学习提示词 (sft)。
        Mask history
        不学习历史对话
        Learns only the last answer of each conversation.
        每段对话只学习最后一轮回答。
        Learn the last turn only (sft).
        只学习最后一轮 (sft)。
        Split marks
        拆分特殊 token
        Keeps special tokens that records spell as plain text; else they become their ids, as in LLaMA-Factory.
        样本里写出的特殊 token 保留为文本；否则与 LLaMA-Factory 一样转为对应 id。
        Keep special tokens that records spell as plain text; else they become their ids.
        样本里写出的特殊 token 保留为文本；否则转为对应 id。

        Writes the metrics for another program too, into runs in the run folder or into logging_dir. It changes nothing about the result.
        同时为其他程序写入指标，放在运行目录的 runs 下，或 logging_dir 指定的目录。对结果没有影响。
        Where its files lie; empty takes runs in the run folder. A folder that several runs share shows them as one.
        这些文件所在的目录；留空则用运行目录下的 runs。多个运行共用一个目录时会显示为同一个运行。
        Programs that get the metrics too: tensorboard, all, none.
        同时接收指标的程序：tensorboard、all、none。
        The folder of their files; null takes runs in output_dir.
        这些文件所在的目录；null 表示 output_dir 下的 runs。
        nothing is reported
        没有选择外部记录
        """#
}
