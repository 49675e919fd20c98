// Memory and processors of machines that do not exist: plain ones, containers of both versions of control groups,
// nested groups, batch jobs, limits of shells. The least of all counts.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct AllowedMachineTests {
    private static let gib = 1 << 30
    private static let plain = [
        "/proc/meminfo":
            "MemTotal: 25165824 kB\nMemFree: 1 kB\nMemAvailable: 20971520 kB\nSwapFree: 0 kB\n",
        "/proc/self/status":
            "Name:\tworkbench\nVmSize:\t  204800 kB\nVmData:\t 51200 kB\nVmRSS:\t 1024 kB\n",
    ]
    private static let version2 =
        "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

    private static func machine(
        _ files: [String: String] = [:], _ environment: [String: String] = [:]
    ) -> SystemFacts {
        let all = plain.merging(files) { $1 }
        return SystemFacts(text: { all[$0] }, environment: environment, processors: 16)
    }

    private static func nested(_ files: [String: String]) -> [String: String] {
        let own = [
            "/proc/self/cgroup": "0::/jobs/one/step\n", "/proc/self/mountinfo": version2,
        ]
        return files.reduce(into: own) { $0["/sys/fs/cgroup/\($1.key)"] = $1.value }
    }

    @Test func aPlainMachineHasWhatIsAvailable() {
        let memory = AllowedMemory(Self.machine())
        #expect(memory.bytes == 20 * Self.gib)
        #expect(memory.tightest?.limit == 24 * Self.gib && memory.tightest?.name == "the machine")
        #expect(AllowedProcessors(Self.machine()) == .init(Self.machine()))
        #expect(AllowedProcessors(Self.machine()).count == 16)
        #expect(AllowedProcessors(Self.machine()).bound == nil)
        let nothing = SystemFacts(text: { _ in nil }, processors: 3)
        #expect(AllowedMemory(nothing).bytes == nil && AllowedMemory(nothing).most == nil)
        #expect(AllowedProcessors(nothing).count == 3)
    }

    @Test func theTightestOfNestedGroupsCounts() {
        let files = Self.nested([
            "memory.max": "max\n", "jobs/memory.max": "\(8 * Self.gib)\n",
            "jobs/memory.current": "\(7 * Self.gib)\n",
            "jobs/memory.stat": "anon 5\ninactive_file \(2 * Self.gib)\nactive_file \(Self.gib)\n",
            "jobs/one/memory.max": "max", "jobs/one/memory.high": "\(6 * Self.gib)",
            "jobs/one/memory.current": "\(Self.gib)", "jobs/one/step/memory.max": "max",
            "jobs/cpu.max": "350000 100000\n", "jobs/one/cpu.max": "max 100000\n",
        ])
        let memory = AllowedMemory(Self.machine(files))
        // 8 GiB, of which 7 less 3 of file pages are in use; 6 of the inner one less 1.
        #expect(memory.bounds.map(\.left).sorted() == [4, 5, 20].map { $0 * Self.gib })
        #expect(memory.tightest?.name == "the control group /sys/fs/cgroup/jobs")
        let processors = AllowedProcessors(Self.machine(files))
        #expect(processors.count == 4 && processors.bound?.hasSuffix("/jobs") == true)
    }

    @Test func version1AndHybridsAreRead() {
        let mounts =
            Self.version2.replacing("/sys/fs/cgroup rw", with: "/sys/fs/cgroup/unified rw")
            + "35 30 0:31 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
            + "36 30 0:32 /docker/7 /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
        let files = [
            "/proc/self/cgroup": "9:memory:/box\n5:cpu,cpuacct:/docker/7\n0::/unused\n",
            "/proc/self/mountinfo": mounts,
            "/sys/fs/cgroup/memory/box/memory.limit_in_bytes": "\(2 * Self.gib)\n",
            "/sys/fs/cgroup/memory/box/memory.usage_in_bytes": "\(Self.gib)\n",
            "/sys/fs/cgroup/memory/box/memory.stat":
                "total_inactive_file 0\ntotal_active_file 1048576\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]
        #expect(AllowedMemory(Self.machine(files)).bytes == Self.gib + 1_048_576)
        #expect(AllowedProcessors(Self.machine(files)).count == 2)
        var free = files
        free["/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"] = "-1\n"
        #expect(AllowedProcessors(Self.machine(free)).count == 16)
    }

    /// A container sees its own group as the root of the tree, whatever the path in /proc says.
    @Test(arguments: ["/", "/../other", "/docker/abc"])
    func containersSeeTheirOwnPart(path: String) {
        let files = [
            "/proc/self/cgroup": "0::\(path)\n",
            "/proc/self/mountinfo": Self.version2.replacing(" / /sys", with: " /docker/abc /sys"),
            "/sys/fs/cgroup/memory.max": "83886080\n", "/sys/fs/cgroup/memory.current": "1048576\n",
            "/sys/fs/cgroup/cpu.max": "50000 100000\n",
        ]
        #expect(AllowedMemory(Self.machine(files)).bytes == 79 << 20)
        #expect(AllowedProcessors(Self.machine(files)).count == 1)
    }

    @Test func batchJobsHaveWhatTheyWereGiven() {
        func left(_ environment: [String: String]) -> Int? {
            AllowedMemory(Self.machine([:], environment)).bytes
        }
        #expect(left(["SLURM_MEM_PER_NODE": "4096"]) == 4 * Self.gib - 1_048_576)
        #expect(
            left(["SLURM_MEM_PER_CPU": "1024", "SLURM_CPUS_ON_NODE": "3"])
                == 3 * Self.gib - 1_048_576)
        for odd in ["0", "-1", "many", "99999999999999999999"] {
            #expect(left(["SLURM_MEM_PER_NODE": odd]) == 20 * Self.gib, "\(odd)")
            #expect(
                left(["SLURM_MEM_PER_CPU": "1024", "SLURM_CPUS_ON_NODE": odd]) == 20 * Self.gib)
        }
        func count(_ environment: [String: String]) -> Int {
            AllowedProcessors(Self.machine([:], environment)).count
        }
        #expect(count(["SLURM_CPUS_PER_TASK": "2", "SLURM_CPUS_ON_NODE": "8"]) == 2)
        #expect(count(["SLURM_CPUS_ON_NODE": "8"]) == 8)
        #expect(count(["SLURM_CPUS_PER_TASK": "64"]) == 16)
        #expect(count(["SLURM_CPUS_PER_TASK": "x"]) == 16)
    }

    @Test func limitsOfTheShellAndOnesOwnWordCount() {
        var facts = Self.machine()
        (facts.addressLimit, facts.dataLimit) = (Self.gib, 512 << 20)
        let memory = AllowedMemory(facts)
        #expect(memory.bounds.map(\.name) == ["the machine", "ulimit -v", "ulimit -d"])
        #expect(memory.bounds.map(\.left).dropFirst() == [Self.gib - (200 << 20), 462 << 20])
        facts.environment = [AllowedMemory.variable: "2.5 GiB"]
        #expect(AllowedMemory(facts).most?.bytes == 5 << 29)
        facts.environment = [AllowedMemory.variable: "lots"]
        #expect(AllowedMemory(facts) == memory)
        let sizes = ["64G": 64 << 30, "512MiB": 512 << 20, "1000000": 1_000_000, "1t": 1 << 40]
        for (text, bytes) in sizes { #expect(AllowedMemory.bytes(text) == bytes, "\(text)") }
        for text in ["", "G", "-1G", "0", "1X", "1e999T"] {
            #expect(AllowedMemory.bytes(text) == nil, "\(text)")
        }
    }

    /// What can be moved to swap may be taken, but nobody plans with it.
    @Test func swapKeepsARunFromBeingRefused() {
        let swapping = [
            "/proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 1048576 kB\nSwapFree: 1048576 kB\n"
        ]
        let memory = AllowedMemory(Self.machine(swapping))
        #expect(memory.bytes == Self.gib && memory.most?.bytes == 2 * Self.gib)
        let files = swapping.merging(
            Self.nested([
                "jobs/memory.max": "\(Self.gib / 2)", "jobs/memory.swap.max": "0",
                "jobs/memory.current": "0",
            ])
        ) { $1 }
        #expect(AllowedMemory(Self.machine(files)).most?.bytes == Self.gib / 2)
    }
}
