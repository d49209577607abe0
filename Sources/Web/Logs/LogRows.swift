/// An excerpt as rows of HTML, each with its number.
struct LogRows {
    /// One `div` for each line.
    let html: String
    /// How many lines.
    let count: Int
    /// The style that the next line begins with.
    let style: TerminalStyle

    /// - Parameter page: where the numbers lead; `nil` for the page that the rows are on, which then have identifiers.
    init(_ excerpt: LogExcerpt, linkedTo page: String? = nil) {
        var terminal = TerminalText()
        var lines = terminal.feed(excerpt.bytes)
        if terminal.hasUnfinished { lines.append(terminal.unfinished) }
        var html = ""
        html.reserveCapacity(excerpt.bytes.count + lines.count * 70)
        for (index, line) in lines.enumerated() {
            let number = String(excerpt.firstLine + index)
            html += "<div class=\"ln\""
            if page == nil { html += " id=\"L" + number + "\"" }
            html += "><a href=\""
            if let page { html += page }
            html += "#L" + number
            html += "\" data-n=\"" + number
            html += "\"></a><span>" + line
            html += "</span></div>\n"
        }
        self.html = html
        count = lines.count
        style = terminal.style
    }
}
