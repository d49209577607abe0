import Model

/// A small program in the job's volume that hands the secrets to the build script.
///
/// The environment of a container's settings can be read with `docker inspect` as long as the container is there, and
/// would be copied into an image made of it. This file is read by the container's own shell, which removes it first,
/// sets the variables and becomes the script: the process number and signals are the script's own.
enum SecretLauncher {
    static let fileName = "start"
    static let path = "/kozmic/\(fileName)"

    /// Whether a script is started by it.
    static func isNeeded(_ job: JobSpec, _ phase: ScriptPhase) -> Bool { phase == .build && !job.secrets.isEmpty }

    /// The program; `Launcher` looked before whether the script can be executed at all.
    static func text(_ job: JobSpec) -> String {
        var lines = ["#!/bin/sh", "rm -f \(path) 2>/dev/null"]
        for (name, value) in job.secrets.sorted(by: { $0.key < $1.key }) {
            lines.append("export \(name)=\(Launcher.quoted(value))")
        }
        lines.append("exec \(ScriptPhase.build.path)")
        return lines.joined(separator: "\n") + "\n"
    }
}
