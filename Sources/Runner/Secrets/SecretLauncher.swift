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

    /// Says what the engine says when the script's interpreter is missing, which the shells each say in their own way.
    static func text(_ job: JobSpec) -> String {
        let script = ScriptPhase.build.path
        var lines = ["#!/bin/sh", "rm -f \(path) 2>/dev/null"]
        if let shebang = Shebang(script: job.hook.buildScript) {
            let interpreter = quoted(shebang.interpreter + (shebang.hasCarriageReturn ? "\r" : ""))
            lines.append(
                "[ -e \(interpreter) ] || { echo 'exec \(script): no such file or directory' >&2; exit 127; }")
        }
        for (name, value) in job.secrets.sorted(by: { $0.key < $1.key }) {
            lines.append("export \(name)=\(quoted(value))")
        }
        lines.append("exec \(script)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// A word of the shell's language: nothing in single quotes has a meaning but the quote itself.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
