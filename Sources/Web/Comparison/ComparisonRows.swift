/// The differences as rows of HTML, with the numbers of both logs.
struct ComparisonRows {
    /// The page of the log.
    var log: String
    /// The page of the older log.
    var oldLog: String
    /// The number of its build.
    var oldBuild: Int

    /// The values of each difference; the first one with new lines has a name that addresses can lead to.
    func hunks(_ comparison: LogComparison) -> [PageValues] {
        let first = comparison.hunks.firstIndex { $0.contains { $0.change == .new } } ?? 0
        return comparison.hunks.enumerated().map { index, rows in
            ["id": index == first ? "first" : nil, "place": place(rows), "rows": rows.map(html).joined()]
        }
    }

    /// `Lines 118 to 125`
    private func place(_ rows: [LogComparison.Row]) -> String {
        let numbers = rows.compactMap { row in row.line.map { $0...$0 + max(0, row.omitted - 1) } }
        guard let first = numbers.first?.lowerBound, let last = numbers.last?.upperBound else {
            let gone = rows.compactMap(\.oldLine).first ?? 0
            return "Gone from line \(Count.digits(gone)) on"
        }
        return first == last
            ? "Line \(Count.digits(first))" : "Lines \(Count.digits(first)) to \(Count.digits(last))"
    }

    private func html(_ row: LogComparison.Row) -> String {
        let isNew = row.change == .new
        var html = isNew ? "<div class=\"ln bad\">" : "<div class=\"ln\">"
        html += number(row.oldLine, oldLog, "build #\(oldBuild), line")
        html += number(row.line, log, "line")
        html += row.change == .gone || row.change == .moved ? "<span class=\"cut\">" : "<span>"
        html += Self.sign(row.change)
        if row.omitted > 0 {
            html += "<i>\(Count.text(row.omitted, "more line"))</i>"
        } else if let text = row.text {
            html += text.html
        }
        return html + "</span></div>\n"
    }

    /// As those on the page of a log; empty where the line is not in that one.
    private func number(_ line: Int?, _ page: String, _ name: String) -> String {
        guard let line else { return "<a></a>" }
        return "<a href=\"\(page)#L\(line)\" data-n=\"\(line)\" aria-label=\"\(name) \(line)\"></a>"
    }

    /// As in a unified diff; colour alone says nothing.
    static func sign(_ change: DiffHunks.Change) -> String {
        switch change {
        case .same: "  "
        case .new: "+ "
        case .gone: "- "
        case .moved: "~ "
        }
    }
}
