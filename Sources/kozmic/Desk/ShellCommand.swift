import ArgumentParser
import Dispatch
import DockerEngine
import Foundation
import Glibc
import Model
import Runner

/// `kozmic shell PROJECT#BUILD/HOOK`
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Open a shell where a job failed.",
        discussion: """
            A job that runs is entered. One that failed is opened as it was left, if its hook has `keep_failed` and the \
            time is not over: with its files, its user and its environment, but without the secrets, which are never \
            part of a container. What is done there changes neither the job nor its cached image.

            The shell is opened by the docker program, which must be installed here. What it prints is the shell's, so \
            there is no --output json.

            Exit status: the shell's; 1 also when there is no such container, 64 wrong usage.
            """)

    @Argument(help: "OWNER/REPO#BUILD/HOOK")
    var job: BuildAddress

    @OptionGroup var engine: EngineOption

    @Argument(parsing: .postTerminator, help: "After --: a command to run instead of a shell.")
    var command: [String] = []

    func run() async throws {
        let code = try await attempt("kozmic shell") {
            try await engine.with { engine in
                let found = try await KeptContainer.find(job.repository, build: job.number, job.hook, on: engine)
                guard let found else {
                    throw SettingProblem(
                        "the engine at \(self.engine.host) has no container of that job: it passed, or `keep_failed` in "
                            + "its hook is over or was never set")
                }
                return found.isRunning ? await enter(found) : try await open(found, engine)
            }
        }
        if code == 127 { Print.error("kozmic shell: the docker program is needed, and was not found") }
        if code != 0 { throw ExitCode(code) }
    }

    private func enter(_ container: KeptContainer) async -> Int32 {
        await docker(
            ["exec"] + terminal + ["--user", container.user, "--workdir", "/kozmic/src", container.id] + shell)
    }

    private func open(_ container: KeptContainer, _ engine: DockerEngine) async throws -> Int32 {
        let image = try await container.image(on: engine)
        let options = ["--rm", "--volumes-from", container.id, "--user", container.user, "--workdir", "/kozmic/src"]
        let code = await docker(["run"] + terminal + options + [image] + shell)
        try await engine.removeImage(image)
        return code
    }

    private var terminal: [String] { isatty(0) == 1 ? ["--interactive", "--tty"] : ["--interactive"] }

    private var shell: [String] {
        command.isEmpty ? ["/bin/sh", "-c", "command -v bash >/dev/null && exec bash; exec sh"] : command
    }

    /// Runs the docker program on this terminal and waits for its end; 127 when there is none. Foundation would put it
    /// into the background, where it could not read.
    private func docker(_ arguments: [String]) async -> Int32 {
        let words = ["docker", "--host", engine.host] + arguments
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                // Ctrl-C is the shell's.
                let before = signal(SIGINT, SIG_IGN)
                defer { signal(SIGINT, before) }
                var copies = words.map { strdup($0) } + [nil]
                defer { for copy in copies { free(copy) } }
                var attributes = posix_spawnattr_t()
                posix_spawnattr_init(&attributes)
                defer { posix_spawnattr_destroy(&attributes) }
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGINT)
                posix_spawnattr_setsigdefault(&attributes, &signals)
                posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
                var variables =
                    ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
                defer { for variable in variables { free(variable) } }
                var child: pid_t = 0
                guard posix_spawnp(&child, "docker", nil, &attributes, &copies, &variables) == 0 else {
                    return continuation.resume(returning: 127)
                }
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                let ended = status & 0x7F
                continuation.resume(returning: ended == 0 ? (status >> 8) & 0xFF : 128 + ended)
            }
        }
    }
}
