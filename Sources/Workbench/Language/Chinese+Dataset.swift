// Simplified Chinese: what lies over the dataset tab (records to look at, mixtures, new sets), its search
// and its progress. Pairs of lines, the English text and its translation.

extension Chinese {
    // swift-format-ignore
    static let dataset = #"""
        Add {1}
        添加 {1}
        At most {1} of a kind are listed.
        每类最多列出 {1} 条。
        Empty
        空回答
        Encoding {1} of {2} records
        正在编码 {1}/{2} 条样本
        Reading {1} of {2} records
        正在读取 {1}/{2} 条样本
        Format
        格式
        How the records are written could not be told. The first:
        无法识别样本的格式。第一条：
        The first record:
        第一条样本：
        Mixture
        数据混合
        Records to look at
        需要查看的样本
        {1} listed
        列出 {1} 条
        {1} records
        {1} 条样本
        a name without comma, slash and blank ends is needed
        名称不能为空，不能含逗号、斜杠和首尾空格
        a name, a file, a format
        名称、文件或格式
        added {1}
        已添加 {1}
        alpaca: fields of text · sharegpt, openai: a list of messages
        alpaca：文本字段 · sharegpt、openai：消息列表
        marked only
        仅已选
        usable only
        仅可用
        broken only
        仅有问题
        concat: all of each · under: until one is used up · over: until all are
        concat：全部依次 · under：到一个用完 · over：到全部用完
        data changed
        数据有变化
        data set added
        已添加数据集
        data set not added
        数据集未添加
        each example once
        每个样本一次
        each set is read whole, one after the other
        各数据集依次完整读取
        ✓ marked good: training makes this answer likelier
        ✓ 标为好：训练会提高该回答的概率
        ✗ marked bad: training makes this answer less likely
        ✗ 标为坏：训练会降低该回答的概率
        earlier turns, as pairs
        之前的轮次，成对
        empty answer
        回答为空
        equal weights take turns; others are drawn by chance
        权重相等则轮流，否则按概率抽取
        folder or file
        目录或文件
        in a message, the field that says who speaks
        消息中表示角色的字段
        in a message, the field with the text
        消息中的文本字段
        it is in no marked set
        不在已选的数据集中
        keep what is found
        保留筛选结果
        left out
        已跳过
        like {1}
        同 {1}
        mark two data sets to mix them
        选择两个数据集后可混合
        messages hold it
        已含在消息中
        mix
        混合
        mix so
        按此混合
        name the field to learn from
        请指定要学习的字段
        name the field with the messages
        请指定消息字段
        no record has the field {1}
        没有样本含字段 {1}
        nothing is being encoded
        没有正在编码的数据
        one after the other
        依次拼接
        one of the weights must be above 0
        至少一个权重须大于 0
        only for lists of messages
        仅用于消息列表
        only one kind
        只看一类
        only the path
        仅用路径
        problems
        问题样本
        repeated
        重复
        show all again
        显示全部
        show the record
        查看此样本
        stop encoding
        停止编码
        the answer that is learned
        要学习的回答
        the data changed; they are read again
        数据有变化，已重新读取
        the list has this name already
        列表中已有此名称
        the list of messages
        消息列表
        the report is not there yet
        报告尚未生成
        the system text
        系统提示词
        the word for who speaks
        表示角色的词
        there is nothing to list
        没有可列出的样本
        until all are used up, shorter ones anew
        到全部用完，较短的重复
        until the first is used up
        到最先用完的为止
        what is asked in addition
        补充的提问
        what is asked; without an answer, the text to go on with (pt)
        提问；没有回答时为续写的文本（pt）
        what plans call it, in {1}
        计划中的名称，写入 {1}
        which sets are listed
        筛选数据集
        write the entry
        写入条目
        unreadable
        无法读取
        too long
        过长
        without a field
        缺字段
        with a wrong type
        类型不符
        with roles out of order
        角色顺序有误
        without an answer at the end
        末尾没有回答
        with nothing to train
        没有可训练内容
        beyond the cutoff
        超出截断长度
        not supported
        不支持
        ✂ here it goes on
        ✂ 从这里继续
        ✂ {1} tokens are cut here: the model does not see them
        ✂ 此处截掉 {1} 个 token：模型看不到

        """#
}
