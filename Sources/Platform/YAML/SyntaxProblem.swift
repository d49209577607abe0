import CLibyaml

/// libyaml's own words for a mistake, with a hint for those that people make every day.
enum SyntaxProblem {
    static func error(of parser: yaml_parser_t) -> YAMLError {
        guard parser.error != YAML_MEMORY_ERROR else { return YAMLError(.start, "out of memory") }
        let problem = parser.problem.map { String(cString: $0) } ?? "cannot be read"
        var message = problem
        if let hint = hint(problem) { message += "; \(hint)" }
        if let context = parser.context.map({ String(cString: $0) }) {
            let from = position(parser.context_mark)
            // A reader error has no mark; a context on the same line says nothing new.
            if from.line != parser.problem_mark.line + 1 { message += " (\(context) that begins at line \(from.line))" }
        }
        return YAMLError(position(parser.problem_mark), message)
    }

    private static func hint(_ problem: String) -> String? {
        switch problem {
        case "found character that cannot start any token":
            "tabs cannot indent, and a text that begins with @, ` or % needs quotes"
        case "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            "use spaces"
        case "mapping values are not allowed in this context":
            "a text that holds ': ' needs quotes"
        case "did not find expected key", "did not find expected '-' indicator":
            "look at the indentation"
        case "could not find expected ':'":
            "is the colon missing, or a block not indented?"
        case "found undefined tag handle":
            "a text that begins with ! needs quotes"
        case "did not find expected alphabetic or numeric character":
            "a text that begins with * or & needs quotes"
        default: nil
        }
    }
}
