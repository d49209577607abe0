import Model
import YAML

/// The diagnostics of one file, gathered while it is read.
final class Findings {
    /// A file with more mistakes than this one is not read to its end by anybody.
    private static let maximum = 200

    /// Relative to the admin repository.
    let path: String
    /// Whether a mistake hides the rest of the file: then nobody knows what it lacks.
    var isCut = false
    private var found: Set<Diagnostic> = []
    private(set) var hasErrors = false
    /// The sealed values of the file, with their variables' names.
    private(set) var secrets: [(name: String, sealed: Located<SealedSecret>)] = []

    init(path: String) { self.path = path }

    func error(_ position: YAMLPosition, _ message: String) {
        hasErrors = true
        add(position, .error, message)
    }

    func warning(_ position: YAMLPosition, _ message: String) { add(position, .warning, message) }

    func note(_ secrets: [String: Located<SealedSecret>]) {
        self.secrets += secrets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether more would be dropped: reason enough not to look for a suggestion.
    var isFull: Bool { found.count >= Self.maximum }

    /// In the order of the file.
    var diagnostics: [Diagnostic] { found.sorted() }

    /// A mistake inside of an alias's anchor is found at each use, and counts once.
    private func add(_ position: YAMLPosition, _ severity: Diagnostic.Severity, _ message: String) {
        guard !isFull || severity == .error && !found.contains(where: { $0.severity == .error })
        else { return }
        found.insert(
            Diagnostic(
                path: path, line: position.line, column: position.column, severity: severity, message: message))
    }
}

/// A text from a file, as a message shows it.
func quoted(_ text: some StringProtocol) -> String {
    text.unicodeScalars.count <= 80 ? "'\(text)'" : "'\(String.UnicodeScalarView(text.unicodeScalars.prefix(79)))…'"
}
