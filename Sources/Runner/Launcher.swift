import Model

/// The first program of a job's container: the image's shell, which brings both output streams of the script together
/// and becomes the script: the process number and signals are the script's own.
///
/// Two streams that take two ways arrive in no order; one keeps it.
enum Launcher {
    static let shell = "/bin/sh"
    /// Where the pipe of a berth is in the container.
    static let pipePath = "/kozmic/output"

    /// What the container is to execute.
    static func entrypoint(_ job: JobSpec, _ phase: ScriptPhase) -> [String] {
        [shell, "-c", text(job, phase)]
    }

    /// The shell's program. Says what the engine says when the script's interpreter is missing, which the shells each say in their own way.
    static func text(_ job: JobSpec, _ phase: ScriptPhase) -> String {
        let script = SecretLauncher.isNeeded(job, phase) ? SecretLauncher.path : phase.path
        return (preparation(job, phase) + ["exec \(script)"]).joined(separator: "\n")
    }

    /// The lines before the script.
    static func preparation(_ job: JobSpec, _ phase: ScriptPhase) -> [String] {
        // Where a pipe may not be written, as some security modules have it, the engine takes the output.
        var lines = ["[ ! -w \(pipePath) ] || exec >\(pipePath)", "exec 2>&1"]
        if let shebang = Shebang(script: phase.text(job.hook)) {
            let interpreter = quoted(shebang.interpreter + (shebang.hasCarriageReturn ? "\r" : ""))
            lines.append(
                "[ -e \(interpreter) ] || { echo 'exec \(phase.path): no such file or directory'; exit 127; }")
            lines.append("[ -x \(interpreter) ] || { echo 'exec \(phase.path): permission denied'; exit 126; }")
        }
        return lines
    }

    /// A word of the shell's language: nothing in single quotes has a meaning but the quote itself.
    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
