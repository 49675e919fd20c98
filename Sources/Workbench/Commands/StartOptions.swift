// Whether the start token of a model stands in front of a text that is read as a whole.

import ArgumentParser
import Kernel

/// The choice of a start token, and the ids that follow from it.
struct StartOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Put the start token in front; as the model's own tokenizer does unless given.")
    var bos: Bool?

    /// The ids of the text; notes go to standard error.
    func ids(
        of text: String, _ tokenizer: any Tokenizer, allowSpecial: Bool, model: String,
        isQuiet: Bool
    ) throws(KernelError) -> [Int] {
        if bos == true, tokenizer.bosID == nil {
            throw KernelError(
                .usage, "the model has no start token", at: model,
                because: "its tokenizer names no bos_token", hint: "Leave --bos out.")
        }
        let ids = tokenizer.encodeWhole(text, allowSpecial: allowSpecial, addsStart: bos)
        if !isQuiet, ids.count > 1, ids[0] == tokenizer.bosID, ids[1] == ids[0],
            bos ?? tokenizer.addsBOS
        {
            Output.note(
                "The text begins with the start token itself, so it stands there twice; --no-bos "
                    + "leaves out the one that is added.")
        }
        return ids
    }
}
