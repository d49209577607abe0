import Model

/// The program that runs the script in a job's container: the image's shell, which brings both output streams of the
/// script together, and keeps the script's exit code.
///
/// Two streams that take two ways arrive in no order; one keeps it. The engine forgets the exit code of what ends while
/// the engine itself is dead; a file in the volume does not.
///
/// The container's first process is the engine's own init, which hands a signal to all of the script's processes: as
/// the first process, a script would not even notice SIGTERM unless it handles it, and would bury no orphans. On an
/// engine without an init the shell becomes the script, and the exit code is only the engine's.
enum Launcher {
    static let shell = "/bin/sh"
    /// Where the pipe of a berth is in the container.
    static let pipePath = "/kozmic/output"
    /// Where the script's exit code is, after its end.
    static let exitCodePath = "/kozmic/exit-code"
    /// Tells Docker's init (tini) to send signals to all processes of the script; not for the script's eyes.
    static let initVariable = "TINI_KILL_PROCESS_GROUP"

    /// What the container is to execute.
    static func entrypoint(_ job: JobSpec, _ phase: ScriptPhase, hasInit: Bool) -> [String] {
        [shell, "-c", text(job, phase, hasInit: hasInit)]
    }

    /// The shell's program. Says what the engine says when the script's interpreter is missing, which the shells each say in their own way.
    static func text(_ job: JobSpec, _ phase: ScriptPhase, hasInit: Bool) -> String {
        let script = SecretLauncher.isNeeded(job, phase) ? SecretLauncher.path : phase.path
        return (preparation(job, phase) + run(script, hasInit: hasInit)).joined(separator: "\n")
    }

    /// The lines that run the script.
    static func run(_ path: String, hasInit: Bool) -> [String] {
        guard hasInit else { return ["exec \(path)"] }
        return [
            "unset \(initVariable)",
            // The signal is for the script; the shell stays to the end.
            "trap : TERM",
            // What the shell itself says of a script that a signal ended is not the script's output.
            "exec 3>&2 2>/dev/null",
            // In the foreground: a shell lets its background processes ignore SIGINT.
            "(exec \(path)) 2>&3 3>&-",
            "code=$?",
            "echo \"$code\" >\(exitCodePath)",
            "exit \"$code\"",
        ]
    }

    /// The exit code in the bytes of the file; `nil` if that is none.
    static func exitCode(_ bytes: [UInt8]) -> Int? {
        guard bytes.count <= 4, bytes.last == UInt8(ascii: "\n") else { return nil }
        return Int(String(decoding: bytes.dropLast(), as: UTF8.self)).flatMap { (0...255).contains($0) ? $0 : nil }
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
