import Git
import Synchronization

/// What an attempt's own work tree turned out to be when it was written.
final class WrittenTree: Sendable {
    private let state = Mutex<GitCheckout?>(nil)

    /// `nil` as long as none was written, or where it lies above a template.
    var checkout: GitCheckout? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
