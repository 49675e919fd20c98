// Simplified Chinese: columns, order and search of the model tab, fits, and the newer checks.
// Pairs of lines, the English text and its translation.

extension Chinese {
    // swift-format-ignore
    static let model = #"""
        fits
        放得下
        tight
        偏紧
        with {1}
        需 {1}
        too large
        放不下
        by place
        按位置
        by family
        按架构
        by parameters
        按参数量
        by type
        按类型
        by size
        按大小
        by context
        按上下文
        by fit
        按内存
        FIT
        内存
        TYPE
        类型
        CONTEXT
        上下文
        sort
        排序
        turn the order
        倒序
        a few letters of a name
        名称中的几个字母
        {1} for {2} at {3} tokens
        {1}（{2}，{3} 个 token）
        rendering
        模板渲染
        files
        文件
        padding
        填充
        details down
        向下翻看详情
        details up
        向上翻看详情

        """#
}
