import Foundation
import Synchronization

/// A child process that inherits nothing but what it is given.
///
/// Foundation's own notices the end of a process only when everything that the process started has ended too, and a
/// Docker Engine leaves its containers running.
struct Child: Sendable {
    let pid: pid_t
    private static let spawning = Mutex(())

    /// Starts a program that is looked up in PATH.
    ///
    /// - Parameters:
    ///   - environment: added to the test's own.
    ///   - errors: where standard error goes; `nil` for nowhere.
    init(
        _ command: [String], in folder: String? = nil, environment: [String: String] = [:], output: Int32,
        errors: Int32?
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if let errors {
            posix_spawn_file_actions_adddup2(&actions, errors, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        // Threads of the test runner block signals, and a child would inherit that and ignore the request to end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let command = folder.map { ["env", "--chdir", $0] + command } ?? command
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let strings = command.map { strdup($0) }
        let variables = merged.map { strdup("\($0.key)=\($0.value)") }
        defer { (strings + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = Self.spawning.withLock { _ in
            posix_spawnp(&pid, command.first ?? "", &actions, &attributes, strings + [nil], variables + [nil])
        }
        guard code == 0 else {
            throw Shell.Failed(description: "\(command.first ?? ""): \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    /// A pipe that no child inherits by accident: its reader would wait for that child's end.
    static func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = spawning.withLock { _ in
            let code = Glibc.pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return code
        }
        guard code == 0 else { throw Shell.Failed(description: "there is no pipe left") }
        return (ends[0], ends[1])
    }

    /// Blocks until it ended. Answers its status, or 128 and the signal.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
