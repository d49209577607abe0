import Foundation
import Subprocess

/// A program that runs beside the demo until the demo ends.
struct ChildProcess: Sendable {
    /// For messages.
    var name: String
    /// A path, or a name that is looked up in PATH.
    var executable: String
    var arguments: [String]
    var environment: [String: String] = [:]
    /// Everything that it prints goes here.
    var logFile: String
    /// How long it may take to end after SIGTERM.
    var grace: Duration = .seconds(15)

    /// Runs until the task is cancelled; then the program is asked to end, and killed if it does not.
    ///
    /// - Throws: `Ended` when it ends by itself, which a program beside the demo never should.
    func run() async throws {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C reaches the demo, which ends its children in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: grace)]
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in environment { changes[Environment.Key(stringLiteral: name)] = value }
        let script = "log=$1; shift; exec \"$@\" >\"$log\" 2>&1"
        let result = try await Subprocess.run(
            .name("sh"), arguments: Arguments(["-c", script, "sh", logFile, executable] + arguments),
            environment: .inherit.updating(changes), platformOptions: options, input: .none, output: .discarded,
            error: .discarded)
        guard !Task.isCancelled else { return }
        throw Ended(name: name, status: "\(result.terminationStatus)", tail: tail())
    }

    private func tail() -> String {
        guard let data = FileManager.default.contents(atPath: logFile) else { return "" }
        return String(decoding: data.suffix(4000), as: UTF8.self)
    }

    /// A program ended although it should run on.
    struct Ended: Error, CustomStringConvertible {
        var name: String
        var status: String
        var tail: String
        var description: String { "\(name) ended (\(status)); the end of what it printed:\n\(tail)" }
    }
}
