import Foundation
import Synchronization
import Testing

/// The program under test as a process of its own.
final class Program: Sendable {
    private let process = Mutex<Process?>(nil)

    /// The binary that was built with the tests.
    static var path: String {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        // swift test runs the tests in the build folder or through a helper of the toolchain.
        let candidates = [
            URL(filePath: executable).deletingLastPathComponent().appending(path: "kozmic").path,
            Bundle.main.bundleURL.appending(path: "kozmic").path,
            CommandLine.arguments.first.map {
                URL(filePath: $0).deletingLastPathComponent().appending(path: "kozmic").path
            },
        ]
        return candidates.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "kozmic"
    }

    func start(_ arguments: [String], environment: [String: String] = [:], log: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if !FileManager.default.fileExists(atPath: log) { FileManager.default.createFile(atPath: log, contents: nil) }
        let handle = try #require(FileHandle(forWritingAtPath: log))
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
    }

    /// Sends a signal and waits for the end; after 20 s the process is killed.
    func end(_ signal: Int32) async {
        guard let process = process.withLock({ $0 }), process.isRunning else { return }
        kill(process.processIdentifier, signal)
        for _ in 0..<200 where process.isRunning { try? await Task.sleep(for: .milliseconds(100)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    }

    var residentMemory: Int? {
        guard let process = process.withLock({ $0 }), process.isRunning,
            let status = try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { return nil }
        return kilobytes << 10
    }
}

/// Commands of the machine.
enum Shell {
    struct Failed: Error, CustomStringConvertible { var description: String }

    /// What a command prints; its output must be small.
    static func run(_ command: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [command] + arguments
        var environment = ProcessInfo.processInfo.environment
        if let engine = World.engine { environment["DOCKER_HOST"] = engine }
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failed(description: "\(command) \(arguments): \(text)") }
        return text
    }
}
