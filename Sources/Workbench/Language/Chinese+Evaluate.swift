// Simplified Chinese: evaluations, their figures, and answers beside references.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let evaluate = #"""
        {1} records evaluated
        已评估 {1} 条数据
        evaluation stopped
        评估已停止
        loss measured
        损失已测得
        evaluation ends
        评估结束
        evaluation failed
        评估失败
        An evaluation is under way
        正在评估
        Answers that were generated stay in their file.
        已生成的回答会保留在文件中。
        keep evaluating and leave
        继续评估并离开
        stop the evaluation and quit
        停止评估并退出
        The evaluation goes on. Back to it: workbench attach
        评估继续进行。返回：workbench attach
        An evaluation is under way; both would share the cores.
        正在评估；两者会共用处理器核心。
        The evaluation shares the cores with it: both become slower.
        评估与训练共用处理器核心，两者都会变慢。
        The result of the run stays the same.
        训练结果不受影响。
        evaluate all the same
        仍然评估
        an evaluation is under way
        正在评估
        it is stopping already
        已在停止
        evaluate
        评估
        look at the answers
        查看回答
        there are no answers
        没有回答
        with the adapter
        使用适配器
        there is no adapter
        没有适配器
        results
        结果
        form
        表单
        give one or more data sets
        请填写一个或多个数据集
        must be a part below 1 or a number of records
        必须是小于 1 的比例或数据条数
        no answers are generated
        不生成回答
        the likeliest token is taken
        总取概率最高的 token
        the model, or the one that the adapter was trained on
        要评估的模型，或适配器所基于的模型
        a run's folder or a checkpoint; empty measures the base alone
        训练目录或检查点；留空则只评估基座模型
        names or files
        名称或文件
        names in {1} or files, with commas between
        {1} 中的数据集名称或文件，以逗号分隔
        held out
        验证集比例
        what a training with this val_size holds out; 0: whole sets
        训练时以此 val_size 留出的部分；0 为整个数据集
        at most
        最大样本数
        so many records, the first ones; 0: all
        只评估前若干条数据；0 为全部
        answers
        生成回答
        generate an answer to each record and score it
        为每条数据生成回答并评分
        for answers and results; numbered when it is there
        保存回答和结果；已存在时自动编号
        as in the file
        按文件顺序
        lowest BLEU-4 first
        BLEU-4 升序
        highest BLEU-4 first
        BLEU-4 降序
        lowest ROUGE-L first
        ROUGE-L 升序
        highest ROUGE-L first
        ROUGE-L 降序
        Which answers?
        筛选回答
        Words that occur in question, answer or reference.
        问题、回答或参考答案中出现的词。
        beside the list
        与列表并排
        alone
        单独显示
        the list
        列表
        scroll the text
        滚动文本
        the text stands alone
        文本正单独显示
        back
        返回
        Answer and reference
        回答与参考答案
        Answers of {1}
        {1} 的回答
        Answer
        回答
        No answer matches the filter.
        没有符合筛选条件的回答。
        Reference
        参考答案
        {1} tokens; words in one text only are underlined
        {1} 个 token；仅一方有的词带下划线
        Only the first {1} words are compared.
        只比较前 {1} 个词。
        Question
        问题
        a run is training: both share the cores
        正在训练：两者共用处理器核心
        What is measured
        评估内容
        Loss and perplexity over the records' answers, in float32.
        对数据中的回答计算损失和困惑度，使用 float32。
        An answer to each record, compared with the record's by BLEU-4 and ROUGE.
        为每条数据生成回答，用 BLEU-4 和 ROUGE 与参考答案比较。
        In Chinese, ROUGE counts characters and not jieba's words.
        中文的 ROUGE 按单字计算，不用 jieba 分词。
        b evaluates the base alone, to compare.
        按 b 只评估基座模型，以便对比。
        Evaluations of this session
        本次会话的评估
        Perpl.
        困惑度
        Data
        数据
        Time
        用时
        None yet. E starts one.
        还没有评估。按 E 开始。
        loss in {1}, {2} tok/s
        损失：{1}，{2} tok/s
        {1} answers in {2}, {3} tok/s
        {1} 条回答：{2}，{3} tok/s
        Stopped: the figures are those of {1} answers.
        已停止：结果只基于 {1} 条回答。
        written to {1}
        已写入 {1}
        ROUGE by characters: not to be compared with jieba's words.
        ROUGE 按单字计算：不能与 jieba 分词的结果比较。
        loss {1}/{2}
        损失 {1}/{2}
        answers {1}/{2}
        回答 {1}/{2}
        running
        进行中
        What is evaluated
        评估对象
        Enter chooses · Esc closes · Enter on the field types
        Enter 选择 · Esc 关闭 · 在字段上按 Enter 可输入
        choose a run or checkpoint
        选择训练记录或检查点
        """#
}
