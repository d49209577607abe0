import Glibc

/// A program of the host. Foundation's `Process` waits for one program on the thread that watches all of them when that
/// program closes the descriptors it inherited, as `sshd` does; so this is `posix_spawn`.
final class ChildProcess {
    private let id: pid_t
    private var status: Int32?

    /// Starts a program, found by `PATH`; each stream is a file, nothing by default.
    init(
        _ arguments: [String], environment: [String: String], folder: String, input: String = "/dev/null",
        output: String = "/dev/null", errors: String = "/dev/null"
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // Threads of the test runner block signals, and a child would inherit that and ignore the request to end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = (["env", "-C", folder] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var id = pid_t()
        let code = posix_spawnp(&id, "env", &actions, &attributes, &words, &variables)
        guard code == 0 else {
            throw Fixture.Failure(description: "cannot start \(arguments[0]): \(String(cString: strerror(code)))")
        }
        self.id = id
    }

    deinit {
        if status == nil {
            kill(id, SIGTERM)
            _ = wait()
        }
    }

    /// Waits for the end; 0 is success.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        self.status = status
        return status
    }
}
