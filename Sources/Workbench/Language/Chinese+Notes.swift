// Simplified Chinese: what the kernel notes about models, data, memory and disk, and the commonest faults of
// model files. Pairs of lines, the English text and its translation, as among the findings.

extension Chinese {
    // swift-format-ignore
    static let notes = #"""
        {1} samples were cut to the cutoff length.
        {1} 个样本被截到最大长度。
        {1} samples are duplicates.
        {1} 个样本是重复的。
        {1} of {2} records were skipped.
        {2} 条记录中跳过了 {1} 条。
        {1} of {2} records were skipped: {3}.
        {2} 条记录中跳过了 {1} 条：{3}。
        1 answer is empty: it teaches the model to end at once.
        有 1 个回答为空：它会教模型立刻结束。
        {1} answers are empty: they teach the model to end at once.
        有 {1} 个回答为空：它们会教模型立刻结束。
        Read but not trained, as loss, train or weight say: {1}.
        按 loss、train 或 weight 的标记只读不训练：{1}。
        Unused columns, which the model does not see: {1}.
        模型看不到的未用列：{1}。
        Unused columns, which the model does not see: {1} and {2} more.
        模型看不到的未用列：{1}，另有 {2} 个。
        1 record
        1 条记录
        1 held-out record
        1 条验证记录
        {1} held-out records
        {1} 条验证记录
        1 answer
        1 个回答
        {1} answers
        {1} 个回答
        Activations are recomputed to save memory: keeping them would take up to {1}, and {2} are free.
        为节省内存将重新计算激活值：全部保留需要 {1}，而空闲内存为 {2}。
        The run may take up to {1}, and {2} are free: lower per_device_train_batch_size or cutoff_len if it runs out of memory.
        训练可能占用 {1}，而空闲内存为 {2}：若内存不足，请减小 per_device_train_batch_size 或 cutoff_len。
        The model's file ({1}) does not fit into the {2} that are free beside the run: it is read from the disk again and again, which is slow. quantization_bit: 4 holds it in memory.
        模型文件（{1}）放不进训练之外空闲的 {2}：会反复从磁盘读取，速度很慢。quantization_bit: 4 可使其留在内存中。
        The disk is nearly full: {1} are free in {2}, and a checkpoint takes about {3}. Saving will fail unless space is made.
        磁盘将满：{2} 剩余 {1}，而一个检查点约需 {3}。不腾出空间便无法保存。
        The disk is nearly full: {1} are free in {2}, and the result takes about {3}. Saving will fail unless space is made.
        磁盘将满：{2} 剩余 {1}，而结果约需 {3}。不腾出空间便无法保存。
        The run will keep up to {1} checkpoints of about {2} each, and {3} are free in {4}: later saves will fail. Set save_total_limit, or make space.
        训练最多保留 {1} 个检查点，每个约 {2}，而 {4} 只剩 {3}：后面的保存会失败。请设置 save_total_limit 或腾出空间。
        The final weights are those of step {1}, the best by evaluation loss.
        最终权重取自第 {1} 步，其验证损失最低。
        The template is {1}, but the model's own looks like {2}.
        所用模板为 {1}，但模型自带的模板像是 {2}。
        Template {1}: {2}
        模板 {1}：{2}
        The template's stop word {1} is no token of this model.
        模板的停止词 {1} 不是此模型的 token。
        The file holds layers beyond the {1} of the configuration, which are not used: {2}
        文件中有超出配置 {1} 层之外的层，未使用：{2}
        The file holds biases where the configuration has none, which are not used: {1}
        文件中有配置未启用的偏置，未使用：{1}
        The file holds tensors that are not used: {1}
        文件中有未使用的张量：{1}
        Tensors that lie in several shards are taken from the one that {1} names: {2}
        同时位于多个分片的张量取自 {1} 所指的分片：{2}
        {1} and {2} are both there: the weights are taken from {3}
        {1} 与 {2} 同时存在：权重取自 {3}
        config.json says tie_word_embeddings, but the file holds a head that differs from the embedding: that head is used
        config.json 声明 tie_word_embeddings，但文件中的输出层与词嵌入不同：使用该输出层
        The folder holds an adapter beside the model, which is not used unless it is given as an adapter
        文件夹中除模型外还有适配器；不作为适配器指定时不会使用
        {1} holds several chat templates; not used: {2}
        {1} 含有多个对话模板；未使用：{2}
        {1}: not known here and not used: {2}
        {1}：含有未知的键，未使用：{2}
        not used here
        此处不使用
        not used, as llama.cpp does not use it for this architecture
        未使用，llama.cpp 对此架构也不使用
        answers follow this program's own settings
        回答使用本程序自己的设置
        one answer is followed at a time here
        此处每次只生成一个回答
        this family has no use for it
        此系列模型用不到
        recommends {1}; answers follow this program's own settings
        推荐 {1}；回答使用本程序自己的设置
        {1} {2} is outside of the vocabulary of {3} and is not used
        {1} {2} 超出大小为 {3} 的词表，未使用
        {1} is outside of the vocabulary of {2} and is not used
        {1} 超出大小为 {2} 的词表，未使用

        a file of this name is there, not a folder.
        该名称是一个文件，不是文件夹。
        there is no chat template of this name
        没有这个名称的对话模板
        Known are {1}
        已知的有 {1}
        there is no model
        没有这个模型
        the path does not exist
        路径不存在
        Give a folder with config.json and model.safetensors, or a .gguf file
        请指定含 config.json 和 model.safetensors 的文件夹，或 .gguf 文件
        the folder holds no model
        文件夹中没有模型
        there is no config.json
        没有 config.json
        the folder holds several models
        文件夹中有多个模型
        Give the path of one .gguf file
        请指定其中一个 .gguf 文件的路径
        the folder holds a model in several parts
        文件夹中的模型分为多个部分
        Merge the parts first (llama-gguf-split --merge)
        请先合并各部分 (llama-gguf-split --merge)
        the model folder has no weights
        模型文件夹中没有权重
        Fetch the .safetensors files of the model into the folder
        请把模型的 .safetensors 文件下载到该文件夹
        the model type is not supported
        不支持这种模型
        Choose a model of a supported type
        请选择受支持的模型
        the weights do not fit the configuration
        权重与配置不符
        Fetch config and weights of the same model
        请下载同一模型的配置和权重
        Convert the weights to float32, float16 or bfloat16 and save the model again.
        请把权重转换为 float32、float16 或 bfloat16，再保存一次模型。
        cannot use the configuration
        无法使用该配置
        Compare the file with the one that was published, or use another
        请与发布的文件比较，或换用另一个
        the file is a Git LFS pointer, not the file itself
        这是 Git LFS 指针，不是文件本身
        the repository was cloned without its large files
        仓库克隆时没有下载大文件
        Run git lfs pull in that folder, or fetch the file from where it is published
        请在该文件夹中运行 git lfs pull，或从发布处下载该文件
        the file is a web page, not the file itself
        这是一个网页，不是文件本身
        it begins as an HTML document: a server answered with a page instead
        内容以 HTML 开头：服务器返回的是网页
        Fetch the file again; the page says why it was not sent
        请重新下载该文件；网页中说明了原因
        the name is not UTF-8 text
        名称不是 UTF-8 文本
        names of files and folders must be UTF-8
        文件和文件夹的名称必须是 UTF-8
        Rename it; convmv does it for many.
        请重命名；convmv 可批量处理。
        """#
}
