import DockerEngine

/// How a script's container is started.
struct StartWay: Sendable {
    /// Whether the image has a shell, which brings the output streams together.
    var hasShell = true
    /// The prepared place, if there is one.
    var berth: Berth?
}

/// The engine does not start a container that it made.
struct StartRefused: Error {
    /// The engine's own words.
    let words: String

    /// Whether it was the shell in front of the script that is missing.
    var isForShell: Bool { words.contains("\"\(Launcher.shell)\"") || words.contains("stat \(Launcher.shell)") }
}
