// Gives a reader inputs by their numbers, on all processors, and keeps what went wrong. A trap or a fault
// of memory ends the process; the numbers of the inputs that were being read then stand in a file.
import Dispatch
import Foundation
import Synchronization

/// What came of some millions of inputs.
struct FuzzReport: Sendable {
    var inputs = 0
    var accepted = 0
    /// Refusals by class.
    var refused: [String: Int] = [:]
    /// Numbers of inputs whose answers were wrong, with what was wrong: the first twenty.
    var wrong: [(number: Int, what: String)] = []
    /// The input that took longest: processor seconds of its thread, and its number.
    var slowest: (seconds: Double, number: Int) = (0, -1)
    /// How far the process's memory rose above what it was at the start, in bytes.
    var memoryGrowth = 0

    mutating func add(_ other: FuzzReport) {
        inputs += other.inputs
        accepted += other.accepted
        refused.merge(other.refused, uniquingKeysWith: +)
        wrong = Array((wrong + other.wrong).prefix(20))
        if other.slowest.seconds > slowest.seconds { slowest = other.slowest }
    }

    /// One line for people.
    var summary: String {
        let classes = refused.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
        return "\(inputs) inputs, \(accepted) accepted, \(wrong.count) wrong, slowest "
            + "\(Int(slowest.seconds * 1e6)) us (input \(slowest.number)), memory + "
            + "\(memoryGrowth >> 20) MiB; refused: \(classes.joined(separator: ", "))"
    }
}

/// A campaign against one reader.
struct FuzzCampaign: Sendable {
    /// Inputs by their numbers.
    var numbers: Range<Int>
    var threads: Int
    /// Where the numbers of the inputs that are being read stand, a binary Int for each thread; nil to
    /// keep none.
    var markFolder: String?

    init(_ numbers: Range<Int>, threads: Int, markFolder: String? = nil) {
        (self.numbers, self.threads, self.markFolder) = (numbers, threads, markFolder)
    }

    /// Tries all inputs.
    func run(_ reader: FuzzReader) throws -> FuzzReport {
        let marks = try InputMarks(reader.name, threads: threads, folder: markFolder)
        let memory = try (0..<threads).map { _ in
            Slot(try GuardedBytes(capacity: reader.longest + 4_096))
        }
        let total = Mutex(FuzzReport())
        let before = ProcessMemory.startPeak()
        let next = Atomic(numbers.lowerBound)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            var report = FuzzReport()
            while true {
                let start = next.add(1_024, ordering: .relaxed).oldValue
                guard start < numbers.upperBound else { break }
                for number in start..<min(start + 1_024, numbers.upperBound) {
                    marks.set(thread, number)
                    try_(reader, number, memory[thread].bytes, &report)
                }
            }
            total.withLock { $0.add(report) }
        }
        return total.withLock {
            $0.memoryGrowth = max(0, ProcessMemory.peak() - before)
            return $0
        }
    }

    private func try_(
        _ reader: FuzzReader, _ number: Int, _ memory: GuardedBytes, _ report: inout FuzzReport
    ) {
        let view = memory.hold(reader.input(number))
        let begin = ProcessMemory.threadSeconds()
        let verdict = reader.read(view)
        let took = ProcessMemory.threadSeconds() - begin
        if took > report.slowest.seconds { report.slowest = (took, number) }
        report.inputs += 1
        switch verdict {
        case .accepted: report.accepted += 1
        case .refused(let kind): report.refused[kind, default: 0] += 1
        case .wrong(let what):
            if report.wrong.count < 20 { report.wrong.append((number, what)) }
        }
    }

    /// Memory of one thread, which no other looks at.
    private struct Slot: @unchecked Sendable {
        let bytes: GuardedBytes

        init(_ bytes: GuardedBytes) { self.bytes = bytes }
    }
}

/// The numbers of the inputs that are being read, in a file that outlives the process.
private final class InputMarks: @unchecked Sendable {
    private let marks: UnsafeMutablePointer<Int>?

    init(_ name: String, threads: Int, folder: String?) throws {
        guard let folder else {
            marks = nil
            return
        }
        let size = threads * MemoryLayout<Int>.stride
        let descriptor = open("\(folder)/\(name).at", O_RDWR | O_CREAT, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, size) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        defer { close(descriptor) }
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw CocoaError(.fileWriteUnknown) }
        marks = memory.bindMemory(to: Int.self, capacity: threads)
    }

    func set(_ thread: Int, _ number: Int) { marks?[thread] = number }
}

/// What the system says of this process.
enum ProcessMemory {
    /// Makes the peak what the memory is now, where the system can, and returns it in bytes.
    static func startPeak() -> Int {
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        return peak()
    }

    /// The most memory the process had, in bytes.
    static func peak() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes << 10
    }

    /// Processor seconds of all threads of this process.
    static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Processor seconds of this thread: what others do on the machine does not count.
    static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
