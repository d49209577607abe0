import Logging
import Synchronization

/// What a service logs about its operations, for a failure's sake: it says why a request was made.
final class OperationWords: Sendable {
    private let words = Mutex<[String]>([])

    /// Each operation with its project, and each trouble.
    var all: [String] { words.withLock { $0 } }

    var logger: Logger {
        Logger(label: "operations") { _ in Handler(owner: self) }
    }

    private struct Handler: LogHandler {
        let owner: OperationWords
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            owner.words.withLock { $0.append("\(event.message) \(details.joined(separator: ", "))") }
        }
    }
}
