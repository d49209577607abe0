import Model

/// Bytes and durations as people say them.
enum Amount {
    /// `2 GiB`, `1.5 MiB`, `300 bytes`.
    static func bytes(_ count: Int64) -> String {
        for (size, unit) in [(Int64(1) << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where count >= size {
            let tenths = (count * 10 + size / 2) / size
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count) bytes"
    }

    /// `3 s`; less than a second is told in tenths.
    static func elapsed(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard seconds < 1 else { return Elapsed.text(Int(seconds)) }
        return "0.\(max(0, attoseconds) / 100_000_000_000_000_000) s"
    }
}
