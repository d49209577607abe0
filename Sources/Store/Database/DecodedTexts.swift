internal import Synchronization

/// Values that were decoded lately, by the texts they came from. Thousands of rows hold the same few configurations, and
/// decoding one takes longer than reading a hundred rows.
final class DecodedTexts<Value: Sendable>: Sendable {
    private struct State {
        var values: [String: Value] = [:]
        var bytes = 0
    }

    /// When the texts are longer than this together, all are forgotten.
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: in bytes of the texts.
    init(limit: Int) { self.limit = limit }

    /// The value of a text, decoded by `decode` unless it is known.
    func value(_ text: String, decode: (String) throws -> Value) rethrows -> Value {
        if let known = state.withLock({ $0.values[text] }) { return known }
        let value = try decode(text)
        let size = text.utf8.count
        guard size <= limit / 16 else { return value }
        state.withLock { state in
            if state.bytes + size > limit { state = State() }
            if state.values.updateValue(value, forKey: text) == nil { state.bytes += size }
        }
        return value
    }
}
