/// How much memory a machine has left, as the kernel says.
struct MemoryLook: Sendable, Equatable {
    var total: Int64
    var available: Int64

    /// - Parameter text: of `/proc/meminfo`.
    init?(_ text: String) {
        var values: [Substring: Int64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 2, let value = Int64(words[1]) { values[words[0]] = value }
        }
        guard let total = values["MemTotal:"], let available = values["MemAvailable:"] else { return nil }
        (self.total, self.available) = (total, available)
    }

    /// Less than a tenth is left.
    var isScarce: Bool { available < total / 10 }
}
