// What no file may hold, as patterns, and lines that prove each pattern finds what it is for.
// Word borders are the plain ones: by Unicode's rules "a.b" would be one word.

import Testing

/// The patterns of HabitTests.
enum Rule {
    /// `try!`, `as!`, `value!` and types with an exclamation mark; `a != b` is none.
    static var forced: Regex<Substring> {
        /\b(?:try|as)!|[\w\)\]>?]!(?:[^=\w]|$)/.wordBoundaryKind(.simple)
    }

    /// Marks of unfinished work without the number of an issue.
    static var leftForLater: Regex<Substring> {
        /\b(?:TODO|FIXME|HACK)\b(?!.*#\d)/.wordBoundaryKind(.simple)
    }

    /// Calls that print, read what is typed, or end the program.
    static var speech: Regex<Substring> {
        /\b(?:print|debugPrint|dump|exit|_exit|abort|readLine)\s*\(|\b(?:stdout|stderr)\b|FileHandle\.standard/
            .wordBoundaryKind(.simple)
    }

    /// Environment, arguments and clocks.
    static var surroundings: Regex<Substring> {
        /\b(?:getenv|setenv|clock_gettime|gettimeofday|Date)\s*\(|\bDate\.now\b|\b(?:ProcessInfo|CommandLine|ContinuousClock|SuspendingClock|DispatchTime)\b/
            .wordBoundaryKind(.simple)
    }

    /// The same in C.
    static var speechInC: Regex<Substring> {
        /\b(?:printf|fprintf|puts|exit|abort|getenv|clock_gettime|gettimeofday|time)\s*\(/
            .wordBoundaryKind(.simple)
    }

    /// Access to files.
    static var files: Regex<Substring> {
        /\b(?:FileManager|FileHandle|fopen|contentsOfFile|Process)\b/.wordBoundaryKind(.simple)
    }

    /// Folders that only one machine has.
    static var machine: Regex<Substring> {
        /(?:^|[^\w.~$}\/])\/(?:root|Users|work|mnt|home\/(?!me\b)\w+)\//.wordBoundaryKind(.simple)
    }

    /// Clocks of the world; processor time is none.
    static var clock: Regex<Substring> {
        /\b(?:ContinuousClock|SuspendingClock|DispatchTime|DispatchWallTime|CFAbsoluteTimeGetCurrent|systemUptime|gettimeofday)\b|\bDate\(\)|\bDate\.now\b|clock_gettime\((?!CLOCK_(?:THREAD|PROCESS)_CPUTIME)/
            .wordBoundaryKind(.simple)
    }

    /// Random numbers that no seed decides.
    static var unseeded: Regex<Substring> {
        /\bSystemRandomNumberGenerator\b|\.random\(\)|\.random\(in:(?!.*using:)|\.(?:shuffled|shuffle|randomElement)\(\)/
            .wordBoundaryKind(.simple)
    }

    /// A type that would hide the module of its name.
    static var moduleAsType: Regex<Substring> {
        /\b(?:struct|class|enum|actor|protocol|typealias)\s+(?:Kernel|Panels|Workbench)\b/
            .wordBoundaryKind(.simple)
    }
}

struct RuleTests {
    @Test(arguments: ["try! f()", "x as! Int", "a[0]!.b", "f(x!)", "var a: Int!", "a?.b! + c"])
    func forcedIsFound(line: String) { #expect(line.contains(Rule.forced)) }

    @Test(arguments: ["a != b", "!a", "try? f()", "[!a, !b]", "x as? Int"])
    func askedIsNotForced(line: String) { #expect(!line.contains(Rule.forced)) }

    @Test func othersFindWhatTheyAreFor() {
        #expect("// TODO later".contains(Rule.leftForLater))
        #expect(!"// TODO with #12".contains(Rule.leftForLater))
        #expect("Swift.print(x)".contains(Rule.speech) && !"blueprint(x)".contains(Rule.speech))
        #expect("fputs(x, stderr)".contains(Rule.speech))
        #expect("ProcessInfo.processInfo".contains(Rule.surroundings))
        #expect("Foundation.Date()".contains(Rule.surroundings))
        #expect(!"update(x)".contains(Rule.surroundings))
        #expect("  printf(x)".contains(Rule.speechInC) && !"runtime(x)".contains(Rule.speechInC))
        #expect("FileManager.default".contains(Rule.files))
        #expect("see /root/x".contains(Rule.machine) && "\"/home/you/x\"".contains(Rule.machine))
        #expect(!"/home/me/x and ~/work/x".contains(Rule.machine))
        #expect("enum Kernel {".contains(Rule.moduleAsType))
        #expect(!"enum KernelError {".contains(Rule.moduleAsType))
    }
}
