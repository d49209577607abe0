/// Exit codes in words.
enum ExitCode {
    /// The number, and what it means by convention.
    static func text(_ code: Int) -> String {
        let words: String? =
            switch code {
            case 126: "found, but not executable"
            case 127: "command not found"
            case 130: "interrupted"
            case 134: "aborted"
            case 137: "killed"
            case 139: "segmentation fault"
            case 143: "terminated"
            default: nil
            }
        return words.map { "\(code), \($0)" } ?? "\(code)"
    }
}
