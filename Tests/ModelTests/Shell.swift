import Foundation
import Testing

/// Runs a script of a test with `sh`, apart from the settings of the user's git.
enum Shell {
    /// - Returns: what it printed, without the last line break.
    @discardableResult
    static func run(_ script: String, _ arguments: [String] = [], in folder: URL? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-euc", script, "sh"] + arguments
        process.currentDirectoryURL = folder ?? FileManager.default.temporaryDirectory
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the script failed: \(script)")
        var text = String(decoding: data, as: UTF8.self)
        if text.last == "\n" { text.removeLast() }
        return text
    }
}
