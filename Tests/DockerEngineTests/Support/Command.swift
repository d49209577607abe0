import Dispatch
import Foundation

/// Runs a program of this machine and returns what it wrote; anything but success throws it.
@discardableResult
func command(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
    struct Failed: Error { var output: String }
    return try await withTemporaryFolder { folder in
        // Into a file: a pipe that nobody empties would hold the program up.
        let path = folder + "/output"
        try write("", to: path)
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                done.resume(throwing: error)
            }
        }
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failed(output: text) }
        return text
    }
}
