/// One line of `kozmic doctor`: what was looked at, how it is, and what to do about it.
struct Finding: Sendable, Encodable {
    /// How it is.
    enum State: String, Sendable, Encodable { case ok, warning, failed }

    var name: String
    var state: State
    var detail: String
    /// What to do; `nil` when nothing is.
    var advice: String?

    static func ok(_ name: String, _ detail: String) -> Finding { Finding(name: name, state: .ok, detail: detail) }

    static func warning(_ name: String, _ detail: String, _ advice: String) -> Finding {
        Finding(name: name, state: .warning, detail: detail, advice: advice)
    }

    static func failed(_ name: String, _ detail: String, _ advice: String) -> Finding {
        Finding(name: name, state: .failed, detail: detail, advice: advice)
    }

    /// For people.
    var line: String {
        let mark =
            switch state {
            case .ok: "ok      "
            case .warning: "warning "
            case .failed: "FAILED  "
            }
        return "\(mark)\(name): \(detail)" + (advice.map { "\n        → \($0)" } ?? "")
    }
}
