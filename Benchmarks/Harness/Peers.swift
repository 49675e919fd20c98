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

    /// A library of its own: PEFT would load it in every run if it found it.
    var bitsAndBytes: String { "\(folder)/bitsandbytes" }

    /// The quantizing library for the QLoRA comparison is there.
    var haveBitsAndBytes: Bool {
        FileManager.default.fileExists(atPath: "\(bitsAndBytes)/bitsandbytes/__init__.py")
    }

    /// The sample model as a GGUF file of this type, there or not.
    func file(of type: String) -> String { "\(folder)/SmolLM2-135M-Instruct.\(type).gguf" }

    /// What is to be said where such a file is not there.
    func missing(_ type: String) -> String {
        "\(file(of: type)) is not there: Benchmarks/peers/setup.sh"
    }

    /// llama-bench is there.
    var haveDecoding: Bool {
        FileManager.default.isExecutableFile(atPath: "\(folder)/llama.cpp/bin/llama-bench")
    }

    /// llama.cpp's example of full tuning.
    var llamaFinetune: String { "\(folder)/llama.cpp/bin/llama-finetune" }

    /// That example and the file that it tunes are there.
    var haveLlamaFinetune: Bool {
        FileManager.default.isExecutableFile(atPath: llamaFinetune)
            && FileManager.default.fileExists(atPath: file(of: "F32"))
    }
}
