import Foundation
import Synchronization
import Testing

/// A program that runs beside a test.
final class Program: Sendable {
    private struct State {
        var pid: pid_t = 0
        var isRunning = false
    }

    private let state = Mutex(State())

    /// The binary that was built with the tests.
    static let kozmic: String = {
        // The tests run in the build folder, or through a program of the toolchain that loads them.
        let starts: [String?] = [
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            Bundle.main.bundleURL.appending(path: "x").path, CommandLine.arguments.first,
        ]
        let candidates = starts.compactMap { $0 }.map {
            URL(filePath: $0).deletingLastPathComponent().appending(path: "kozmic").path
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "kozmic"
    }()

    /// Starts it; what it prints is added to the log.
    func start(_ command: [String], environment: [String: String] = [:], log: String) throws {
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        try #require(output >= 0)
        defer { close(output) }
        let child = try Child(command, environment: environment, output: output, errors: output)
        state.withLock { $0 = State(pid: child.pid, isRunning: true) }
        Thread.detachNewThread {
            // The number stays the child's until it is waited for, so a signal never reaches somebody else.
            _ = waitid(P_PID, id_t(child.pid), nil, WEXITED | WNOWAIT)
            self.state.withLock { $0.isRunning = false }
            _ = child.wait()
        }
    }

    /// Whether it runs.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Sends a signal and waits for the end; after the time given it is killed.
    ///
    /// - Returns: whether the signal was enough.
    @discardableResult
    func end(_ signal: Int32, within limit: Duration = .seconds(20)) async -> Bool {
        send(signal)
        let deadline = ContinuousClock.now + limit
        while isRunning, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        guard isRunning else { return true }
        send(SIGKILL)
        while isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        return false
    }

    private func send(_ signal: Int32) {
        state.withLock { if $0.isRunning { kill($0.pid, signal) } }
    }

    /// What a program has in RAM, in MiB.
    struct Memory: Sendable {
        /// All of it.
        var now: Int
        /// The most it ever had.
        var peak: Int
        /// Without the pages of programs and libraries, which a debug build has many more of.
        var own: Int
    }

    /// Its memory, `nil` when it does not run.
    var memory: Memory? {
        let state = state.withLock { $0 }
        guard state.isRunning, let status = try? String(contentsOfFile: "/proc/\(state.pid)/status", encoding: .utf8)
        else { return nil }
        func value(_ name: String) -> Int? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 >> 10 }
        }
        guard let now = value("VmRSS:"), let peak = value("VmHWM:"), let own = value("RssAnon:") else { return nil }
        return Memory(now: now, peak: peak, own: own)
    }
}
