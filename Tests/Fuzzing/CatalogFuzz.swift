// Broken dataset_info.json files: each entry is read or has a fault of its own, in clean words, and never one
// that another entry's reader meets.
@testable import Kernel

extension FuzzReader {
    /// dataset_info.json in a folder of its own.
    static func catalog() -> FuzzReader {
        let scratch = FuzzScratch { folder in
            try FuzzScratch.write(Array("[]".utf8), to: "\(folder)/a.json")
        }
        return FuzzReader(
            "dataset catalogs", longest: 16_384, reaches: ["badData", "an entry", "a file"]
        ) {
            catalogMutator.mutant(&$0)
        } read: { bytes in
            guard let folder = try? scratch.folder(),
                (try? FuzzScratch.write(bytes, to: "\(folder)/dataset_info.json")) != nil
            else { return .wrong("cannot write the file") }
            return judged { () throws(KernelError) in
                try DatasetCatalog(directory: folder)
            } then: { catalog in
                verdict(catalog)
            }
        }
    }

    private static func verdict(_ catalog: DatasetCatalog) -> Verdict {
        for (name, defect) in catalog.defects {
            guard defect.kind == .badData, isClean(defect.description) else {
                return .wrong("\(name): \(defect)")
            }
        }
        var hasFile = false
        for entry in catalog.entries {
            for remark in entry.remarks where !isClean(remark.description) {
                return .wrong("a remark with controls: \(remark)")
            }
            if let count = entry.sampleCount, count < 1 { return .wrong("draws \(count) records") }
            // Paths lead anywhere; those of this folder are looked at.
            guard case .file(let file) = entry.source, !file.hasPrefix("/"), !file.contains("..")
            else { continue }
            do throws(KernelError) {
                let files = try catalog.files(of: entry)
                guard !files.isEmpty else { return .wrong("no file of \(entry.name)") }
                hasFile = true
                _ = try catalog.entry(named: entry.name)
            } catch {
                guard isClean(error.description), error.kind != .internalFault else {
                    return .wrong("\(error)")
                }
            }
        }
        if !catalog.defects.isEmpty { return .refused("an entry") }
        return hasFile || catalog.entries.isEmpty ? .accepted : .refused("a file")
    }

    private static let catalogMutator = TextMutator(
        [
            #"{"identity":{"file_name":"a.json"},"客服":{"file_name":"a.json","formatting":"sharegpt","#
                + #""columns":{"messages":"conversations","system":"system","tools":null},"tags":{"#
                + #""role_tag":"from","content_tag":"value","user_tag":"human"},"num_samples":3}}"#,
            #"{"a":{"hf_hub_url":"x/y","subset":"main","split":"train","folder":"data"},"b":{"file_name":"#
                + #""gone.json","ranking":true,"columns":{"prompt":"q","chosen":"c","rejected":"r"},"#
                + #""file_sha1":"0","note":"of its owner"}}"#,
            #"{"empty":{"file_name":"a.json","tags":{},"columns":{}}}"#, "{}",
        ].map { Array($0.utf8) },
        words: TextMutator.json + [
            "file_name", "formatting", "alpaca", "sharegpt", "openai", "columns", "tags", "ranking",
            "\"num_samples\":", "script_url", "ms_hub_url", "role_tag", "response", "history",
            "fil_name", "\"split\":\"test\",", "..", "/", "\\u001b[2J",
        ], longest: 16_384)
}
