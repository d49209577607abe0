/// How long to wait after failures in a row: doubling from the first wait to the longest, with a jitter of a fifth.
struct Backoff: Sendable {
    var first: Duration = .seconds(2)
    var longest: Duration = .seconds(300)

    /// - Parameter failures: at least 1.
    func delay(after failures: Int) -> Duration {
        let doublings = min(max(failures, 1) - 1, 20)
        let delay = first * Double(1 << doublings)
        return min(delay, longest) * Double.random(in: 0.8...1)
    }
}
