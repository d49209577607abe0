/// Durations as people say them.
public enum Elapsed {
    /// `42 s`, `2 m 10 s`, `1 h 4 m`.
    public static func text(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return seconds % 60 == 0 ? "\(seconds / 60) m" : "\(seconds / 60) m \(seconds % 60) s" }
        let minutes = seconds / 60 % 60
        return minutes == 0 ? "\(seconds / 3600) h" : "\(seconds / 3600) h \(minutes) m"
    }
}
