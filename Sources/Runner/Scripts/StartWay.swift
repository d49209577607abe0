import DockerEngine

/// How a script's container is started.
struct StartWay: Sendable {
    /// Whether the image has a shell, which brings the output streams together.
    var hasShell = true
    /// Whether the engine has an init, which is the container's first process.
    var hasInit = true
    /// The prepared place, if there is one.
    var berth: Berth?
    /// The container that waits for this job, if there is one.
    var standby: Standby?
    /// Whether the work tree is to lie above a template.
    var isAboveTemplate = false
    /// The network was looked for again.
    var isSecondTry = false
}

/// The engine does not make or start a container, for a reason for which there may be another way.
struct StartRefused: Error {
    /// The engine's own words.
    let words: String

    /// Whether the engine has no init. Its own words begin with the program that it looked for.
    var isForInit: Bool { words.contains("docker-init") || words.contains("catatonit") }

    /// Whether the pipe is not there: the berth was removed.
    var isForPipe: Bool { words.contains("bind source path") }

    /// Whether the network is not there any more.
    var isForNetwork: Bool { words.hasPrefix("network ") && words.contains("not found") }

    /// Whether the engine was killed while it started the container: the container's task is there, the engine does not
    /// know it, and refuses the container for ever. The script did not begin, and will not. `RandomKillTests` meets it.
    var isHalfStarted: Bool { words.contains("already exists") }

    /// Whether the engine could not mount a volume. Only those above templates are mounts.
    var isForMount: Bool { words.contains("while mounting volume") || words.contains("failed to mount local volume") }

    /// Whether it was the shell in front of the script that is missing.
    var isForShell: Bool { words.contains("\"\(Launcher.shell)\"") || words.contains("stat \(Launcher.shell)") }
}
