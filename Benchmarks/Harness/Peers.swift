// The programs to compare with, where they are installed. Benchmarks/peers says how they get there.

import Foundation

/// The peers' folder, and what of it is there.
struct Peers {
    /// What stands where a peer's figures would.
    static let absence = "peer not installed: Benchmarks/peers/setup.sh"

    let folder: String

    /// The interpreter that has PyTorch and PEFT.
    var python: String { "\(folder)/venv/bin/python" }
    /// The sample model as PEFT reads it.
    var modelFolder: String { "\(folder)/SmolLM2-135M-Instruct" }

    /// PEFT and its model are there.
    var haveTraining: Bool {
        FileManager.default.isExecutableFile(atPath: python) && haveModelFolder
    }

    /// The Hugging Face folder is there.
    var haveModelFolder: Bool {
        FileManager.default.fileExists(atPath: "\(modelFolder)/tokenizer_config.json")
    }

    /// llama-bench is there.
    var haveDecoding: Bool {
        FileManager.default.isExecutableFile(atPath: "\(folder)/llama.cpp/bin/llama-bench")
    }
}
