// An error of the kernel as the interface shows it, in the reader's language: a line each for what, where, why and
// what to do, or all of it in one. Commands print errors with ErrorReport.

import Kernel

/// An error in lines of text.
enum ErrorText {
    /// What failed, where, why and what to do, a line each.
    static func lines(of error: KernelError) -> [String] {
        var lines = [tr(error.what)]
        if let place = error.place { lines.append(tr("where: {1}", place)) }
        if let why = error.why { lines.append(tr("why: {1}", tr(why))) }
        if let hint = error.hint { lines.append(tr("try: {1}", tr(hint))) }
        return lines
    }

    /// The same in one line, where there is room for only one.
    static func line(of error: KernelError) -> String {
        var text = tr(error.what)
        if let place = error.place { text += " (\(place))" }
        if let why = error.why { text += ": " + tr(why) }
        if let hint = error.hint { text += ". " + tr(hint) }
        return text
    }
}
