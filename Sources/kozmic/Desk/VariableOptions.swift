import ArgumentParser
import Foundation
import Model

/// Variables that the person at the desk gives to a hook.
struct VariableOptions: ParsableArguments {
    @Option(
        help: """
            NAME=VALUE, or NAME for the value that it has here; may be given several times. A name that the hook lists \
            in its secrets is handed over like a secret.
            """)
    var env: [String] = []

    @Option(help: "A file with a NAME=VALUE on each line; # begins a comment.")
    var envFile: [String] = []

    func validate() throws {
        // Not shown: a mistyped secret would end up in the terminal's log.
        guard env.allSatisfy({ Self.pair($0) != nil || Self.isName($0) }) else {
            throw ValidationError("--env: expected NAME=VALUE or NAME")
        }
    }

    /// Files first, then the command line.
    ///
    /// - Throws: `SettingProblem` with the file and the line.
    func values(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> [String: String] {
        var values: [String: String] = [:]
        for file in envFile {
            guard let data = FileManager.default.contents(atPath: file), data.count <= 1 << 20 else {
                throw SettingProblem("--env-file: \(file) cannot be read")
            }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                let text = line.trimmingCharacters(in: .whitespaces)
                guard !text.isEmpty, !text.hasPrefix("#") else { continue }
                guard let (name, value) = Self.pair(text) else {
                    throw SettingProblem("--env-file: \(file):\(number + 1): expected NAME=VALUE")
                }
                values[name] = value
            }
        }
        for text in env {
            if let (name, value) = Self.pair(text) {
                values[name] = value
            } else if Self.isName(text), let value = environment[text] {
                values[text] = value
            } else if Self.isName(text) {
                throw SettingProblem("--env: the variable \(text) is not set here")
            }
        }
        return values
    }

    private static func pair(_ text: String) -> (String, String)? {
        guard let mark = text.firstIndex(of: "="), isName(text[..<mark]) else { return nil }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
