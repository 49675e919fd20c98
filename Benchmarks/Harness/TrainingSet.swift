// The records that trainings are measured with, made from sample-data and always alike.

import Foundation

/// One set of records and how it is cut into steps.
enum TrainingSet: String, CaseIterable {
    /// 500 records of 100 to 400 tokens, 242 in the mean.
    case long
    /// 96 records, 56 tokens in the mean.
    case short
    /// Both sets that sample-data/lora-sft.yaml trains on, 485 records of 96 tokens in the mean.
    case sample

    /// Records of a micro-batch.
    static let batch = 4
    static let cutoff = 512

    /// Micro-batches of an optimizer step; those of the sample set are lora-sft.yaml's.
    var accumulation: Int { self == .sample ? 2 : 4 }

    /// The mean loss of the first step before any update, as PEFT computes it in fp32.
    var firstLoss: Double {
        switch self {
        case .long: 2.7777
        case .short: 2.9079
        case .sample: 2.6139
        }
    }

    /// Writes it once; its path.
    func file(_ setup: Setup) throws -> String {
        let path = setup.scratch.file("\(rawValue).json")
        if FileManager.default.fileExists(atPath: path) { return path }
        let records = try SampleRecords()
        let chosen =
            switch self {
            case .long: records.pages(500)
            case .short: records.shortest(96)
            case .sample: records.mixed
            }
        try JSONEncoder().encode(chosen).write(to: URL(fileURLWithPath: path))
        return path
    }
}
