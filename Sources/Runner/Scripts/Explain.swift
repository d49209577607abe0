import Foundation
import Model

/// Says in one sentence how a script ended.
enum Explain {
    /// The outcome; `success` only for exit code 0 of a script that nobody stopped.
    static func outcome(_ end: ScriptEnd, of phase: ScriptPhase, hook: Hook) -> JobOutcome {
        if let stop = end.stop {
            switch stop {
            case .cancel(let reason):
                return JobOutcome(state: .cancelled, exitCode: end.exitCode, reason: reason)
            case .disk:
                // An error, so that its container is not kept.
                return JobOutcome(state: .error, exitCode: end.exitCode, reason: stopped(stop, hook.settings))
            case .timeout, .stall:
                return JobOutcome(state: .failure, exitCode: end.exitCode, reason: stopped(stop, hook.settings))
            }
        }
        guard end.exitCode != 0 else { return .success }
        let limit = Amount.bytes(hook.settings.resources.memoryBytes)
        if end.oomKilled {
            return JobOutcome(
                state: .failure, exitCode: end.exitCode,
                reason: "\(phase.words) killed by the kernel: out of memory (limit \(limit))")
        }
        if let reason = notExecuted(end, phase: phase, script: phase.text(hook)) {
            return JobOutcome(state: .error, reason: reason)
        }
        if end.killedFromOutside {
            return JobOutcome(
                state: .error, exitCode: end.exitCode,
                reason:
                    "the \(phase.words) was stopped from outside: the Docker Engine was shut down, or somebody stopped "
                    + "its container (exit code \(end.exitCode))")
        }
        if end.unwatched, end.exitCode > 128 {
            return JobOutcome(
                state: .error, exitCode: end.exitCode,
                reason: "the Docker Engine stopped while the \(phase.words) ran (exit code \(end.exitCode))")
        }
        return JobOutcome(
            state: .failure, exitCode: end.exitCode,
            reason: "\(phase.words) failed with exit code \(end.exitCode)\(hint(end.exitCode, limit))")
    }

    /// The same outcome when the engine's disk was full at the script's end: its own words are only in the log, if anywhere.
    static func onFullDisk(_ outcome: JobOutcome) -> JobOutcome {
        var outcome = outcome
        outcome.reason = outcome.reason.map { "\($0); on the Docker Engine's machine \(DiskFull.wayOut)" }
        return outcome
    }

    /// Why a script was stopped.
    static func stopped(_ stop: Deadlines.Stop, _ settings: HookSettings) -> String {
        switch stop {
        case .timeout: "stopped: ran longer than \(Elapsed.text(settings.timeoutSeconds))"
        case .stall: "stopped: no output for \(Elapsed.text(settings.stallTimeoutSeconds))"
        case .cancel(let reason): "stopped: \(reason)"
        case .disk(let blame):
            "stopped: less than \(Amount.bytes(blame.reserve)) were left on the Docker Engine's disk, and this job took most: "
                + "\(Amount.bytes(blame.written))\(blame.isWhole ? "" : " or more") in /kozmic and in its container"
        }
    }

    /// Why the engine could not start the script, with its own words at the end.
    static func notStarted(_ words: String, phase: ScriptPhase, hook: Hook) -> JobOutcome {
        let isProgram =
            StartRefused(words: words).isForShell || words.lowercased().contains(formatError)
            || ["exec: ", "exec /"].contains(where: words.contains)
        // A mount or a control group that is not there is told in the same words as a program.
        let reason =
            (isProgram ? refused(words, phase: phase, script: phase.text(hook)) : nil)
            ?? "the Docker Engine cannot start the \(phase.words): \(words)"
        return JobOutcome(state: .error, reason: reason)
    }

    /// Script and engine meet in the kernel, which refuses a script that it cannot run; the engine passes that on
    /// through the script's own standard error, or as an error of `start`.
    private static func notExecuted(_ end: ScriptEnd, phase: ScriptPhase, script: String) -> String? {
        guard [1, 126, 127, 255].contains(end.exitCode) else { return nil }
        let text = String(decoding: end.errorTail, as: UTF8.self)
        if isForeignShell(text) { return "the image's \(Launcher.shell) \(noProgram)" }
        let begin = [phase.path, SecretLauncher.path].lazy.compactMap { text.range(of: "exec \($0): ") }.first
        guard let begin else { return nil }
        return refused(String(text[begin.lowerBound...]), phase: phase, script: script)
    }

    private static func refused(_ words: String, phase: ScriptPhase, script: String) -> String? {
        guard let shebang = Shebang(script: script) else { return noShebang(phase) }
        if words.contains("no such file or directory") {
            if StartRefused(words: words).isForShell {
                return "the image has no /bin/sh, which a hook with secrets needs: it hands them to the build script"
            }
            return shebang.hasCarriageReturn
                ? "the \(phase.words)'s first line ends with a carriage return (Windows line ending): remove it"
                : "the \(phase.words)'s interpreter '\(shebang.interpreter)' is not in the image"
        }
        if words.lowercased().contains(formatError) {
            return StartRefused(words: words).isForShell
                ? "the image's \(Launcher.shell) \(noProgram)"
                : "the \(phase.words)'s interpreter '\(shebang.interpreter)' \(noProgram)"
        }
        if words.contains("permission denied") {
            return "the \(phase.words)'s interpreter '\(shebang.interpreter)' may not be executed by this user"
        }
        return nil
    }

    /// The kernel's words for a program that is for another machine, or for none.
    private static let formatError = "exec format error"
    private static let noProgram = "is no program for this machine"

    /// Whether the only words are those of a container's first process about the launcher's shell: an init's (tini,
    /// catatonit) or, without one, the engine's.
    private static func isForeignShell(_ text: String) -> Bool {
        let words = text.lowercased().split(whereSeparator: \.isNewline)
        let starts = ["[fatal tini (", "error (catatonit", "standard_init_linux.go:", "exec \(Launcher.shell): "]
        guard words.count == 1, let line = words.first else { return false }
        return line.contains(formatError) && starts.contains(where: line.hasPrefix)
    }

    /// Whether the kernel refused a program because of what it is for.
    static func isForeign(_ outcome: JobOutcome) -> Bool {
        outcome.state == .error && outcome.reason?.hasSuffix(noProgram) == true
    }

    /// Such an outcome with what the image and the engine's machine are, if they differ.
    ///
    /// - Parameters:
    ///   - platform: of the image, such as `linux/arm64`.
    ///   - machine: the engine's.
    static func foreign(
        _ outcome: JobOutcome, image: String, for platform: String, on machine: String
    ) -> JobOutcome {
        guard platform != machine, !platform.hasSuffix("/"), !machine.hasSuffix("/") else { return outcome }
        var outcome = outcome
        outcome.reason = outcome.reason.map {
            "\($0): the image \(image) is for \(platform), the Docker Engine's machine is \(machine). Use an image for "
                + "\(machine), or install an emulator on the machine (binfmt_misc with QEMU)"
        }
        return outcome
    }

    /// What to do about a script that names no interpreter.
    static func noShebang(_ phase: ScriptPhase) -> String {
        "the \(phase.words) does not begin with a shebang line such as #!/bin/bash"
    }

    private static func hint(_ exitCode: Int, _ memoryLimit: String) -> String {
        switch exitCode {
        case 126: " (a command could not be executed)"
        case 127: " (a command was not found)"
        // A busy engine does not always hear from the kernel that it was memory.
        case 137: " (signal 9, as when memory runs out; the limit is \(memoryLimit))"
        case 129...159: " (signal \(exitCode - 128))"
        default: ""
        }
    }
}
