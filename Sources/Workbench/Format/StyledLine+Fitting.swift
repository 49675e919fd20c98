// Shortens lines of spans so that what is lost is marked. It keeps the styles of what stays.

import Panels

extension StyledLine {
    /// The line cut to some columns, its end replaced by `…` when something is lost.
    func truncated(to columns: Int) -> StyledLine {
        guard width > columns else { return self }
        var kept: [Span] = []
        var room = max(0, columns)
        for span in spans {
            if span.text.width < room {
                kept.append(span)
                room -= span.text.width
            } else {
                // One column is kept for the mark, even where this span would just fit.
                let text = span.text.width == room ? span.text + " " : span.text
                kept.append(Span(text.truncated(to: room), span.style))
                break
            }
        }
        return StyledLine(kept)
    }
}
