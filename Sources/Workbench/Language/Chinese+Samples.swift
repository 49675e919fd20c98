// Simplified Chinese: answers to prompts that are asked again and again while a run trains.
// Pairs of lines, the English text and its translation. Keys of plan files and names such as LoRA stay.

extension Chinese {
    // swift-format-ignore
    static let samples = #"""
        reply
        回答
        sample
        样例
        sample answers
        样例回答
        no sample prompt was answered yet
        尚无样例回答
        Answers to the sample prompts
        样例提示词的回答
        Nothing was answered yet: that comes with the evaluations and the end.
        尚无回答：每次评估和训练结束时生成。
        {1} of {2}, ← → change it
        {1}/{2}，← → 切换
        as before
        与上次相同
        cut
        已截断
        next prompt
        下一个提示词
        previous prompt
        上一个提示词
        there is no other prompt
        没有其他提示词
        Sample prompts
        样例提示词
        Questions of yours that the model answers at each evaluation and at the end, so that you read how it changes. They change nothing about the result.
        每次评估和训练结束时让模型回答的问题，便于观察变化；不影响训练结果。
        Prompts that are answered at each evaluation and at the end, to watch the model change (own key).
        每次评估和训练结束时回答的提示词，用于观察模型变化（本程序的键）。
        Most tokens of each of these answers: 64 shows the tone, more costs time at every evaluation.
        每个回答最多的 token 数：64 足以看出语气，更多会增加每次评估的时间。
        Most tokens of such an answer (own key).
        此类回答最多的 token 数（本程序的键）。
        there are no sample prompts
        没有样例提示词
        a prompt has several lines; change it in the file
        有提示词包含多行，请在文件中修改
        take the lines
        采用
        next line
        换行
        one a line
        每行一个
        a question to ask again and again
        要反复询问的问题
        Tab takes it · Enter starts a line · Esc leaves it as it was
        Tab 采用 · Enter 换行 · Esc 保持原样
        """#
}
