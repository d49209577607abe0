/// Text of others, fit for one line of a log.
enum Printable {
    /// Control characters and runs of white space become one space; what is too long is cut.
    static func line(_ text: String, limit: Int) -> String {
        var line = ""
        var count = 0
        var gap = false
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                gap = !line.isEmpty
            default:
                guard count < limit else { return line + "…" }
                if gap { line += " " }
                gap = false
                line.unicodeScalars.append(scalar)
                count += 1
            }
        }
        return line
    }
}
