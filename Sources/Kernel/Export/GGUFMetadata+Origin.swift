// Where a GGUF file comes from and how its author wants it sampled, under the keys and types that
// llama.cpp's converter writes from a folder's README.md and generation_config.json.

import Foundation

extension GGUFMetadata {
    /// Sampling settings, base model, licence, tags and languages of an export of a folder.
    mutating func addOrigin(_ base: ModelFolder, _ card: ModelCard) {
        guard case .folder(let folder) = base.tokenizerSource else { return }
        addSampling("\(folder)/generation_config.json")
        let own = BaseCard(folder: folder)
        set("general.license", .string(own.license ?? card.license))
        if let name = own.licenseName { set("general.license.name", .string(name)) }
        if let link = own.licenseLink { set("general.license.link", .string(link)) }
        set("general.base_model.count", .uint32(1))
        let parts = card.baseModel.split(separator: "/", maxSplits: 1).map(String.init)
        // "organization/model" as hubs name models; a path of this machine is none.
        let isHubName = parts.count == 2 && !parts[1].contains("/") && !parts[0].hasPrefix(".")
        let name = isHubName ? parts[1] : card.baseModel.lastPathPart
        set("general.base_model.0.name", .string(Self.title(name)))
        if isHubName {
            set("general.base_model.0.organization", .string(Self.title(parts[0])))
            set(
                "general.base_model.0.repo_url",
                .string("https://huggingface.co/\(parts[0])/\(parts[1])"))
        }
        if !card.datasets.isEmpty {
            set("general.dataset.count", .uint32(UInt32(clamping: card.datasets.count)))
            for (index, dataset) in card.datasets.enumerated() {
                set("general.dataset.\(index).name", .string(Self.title(dataset)))
            }
        }
        set("general.tags", .array(.string(card.tags)))
        if !own.languages.isEmpty { set("general.languages", .array(.string(own.languages))) }
    }

    /// What the file recommends for drawing tokens, if it can be read: the model is complete without.
    private mutating func addSampling(_ path: String) {
        guard let json = try? JSONValue(contentsOf: path, limits: .ofModels) else { return }
        func whole(_ key: String, _ names: String...) {
            if let number = names.lazy.compactMap({ json[$0]?.integer }).first {
                set("general.sampling.\(key)", .int32(Int32(clamping: number)))
            }
        }
        func real(_ key: String, _ names: String...) {
            if let number = names.lazy.compactMap({ json[$0]?.double }).first, number.isFinite {
                set("general.sampling.\(key)", .float32(Float(number)))
            }
        }
        whole("top_k", "top_k")
        real("top_p", "top_p")
        real("min_p", "min_p")
        real("xtc_probability", "xtc_probability")
        real("xtc_threshold", "xtc_threshold")
        real("temp", "temperature")
        whole("penalty_last_n", "penalty_last_n")
        real("penalty_repeat", "penalty_repeat", "repetition_penalty")
        whole("mirostat", "mirostat")
        real("mirostat_tau", "mirostat_tau")
        real("mirostat_eta", "mirostat_eta")
    }

    /// "my-model-v2" → "My Model v2": words begin large, versions and numbers stay.
    static func title(_ name: String) -> String {
        if name.contains(" ") { return name }
        return name.split(separator: "-").map { word in
            let isLower = word == word.lowercased() && word != word.uppercased()
            let isVersion = word.wholeMatch(of: /v\d+(\.\d+)*|\d.*/) != nil
            return isLower && !isVersion ? String(word).capitalized : String(word)
        }.joined(separator: " ")
    }
}
