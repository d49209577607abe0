import ArgumentParser
import Config
import Foundation
import Model

/// `kozmic secret rotate DIR`
struct SecretRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Seal every secret of an admin repository's work tree for a new key.",
        discussion: """
            Values that are sealed for the new key already are left as they are, so it can be run again. Nothing is \
            written when a value cannot be opened.
            """)

    @Argument(help: "The folder that holds kozmic.yaml and projects/.")
    var directory = "."

    @Option(help: "The new secret key file.")
    var secretKeyFile: String

    @Option(help: "A secret key file that values may be sealed for; may be given several times.")
    var oldSecretKeyFile: [String] = []

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @Option(help: "text or json")
    var output = OutputFormat.text

    /// What was done, for programs.
    private struct Document: Encodable {
        var problems: [Diagnostic]
        /// How many values were sealed again, by file.
        var files: [String: Int]
        var isWritten: Bool
    }

    func run() async throws {
        try await attempt("kozmic secret rotate") {
            let rotation = try SecretRotation(
                directory: directory, new: try SecretKeyFile.read(secretKeyFile),
                old: try oldSecretKeyFile.map(SecretKeyFile.read))
            let isWritten = !dryRun && rotation.problems.isEmpty
            if output == .text { for diagnostic in rotation.problems { print(diagnostic) } }
            if isWritten { try rotation.write() }
            switch output {
            case .text: for (path, count) in rotation.counts { print("\(path): \(count) sealed again") }
            case .json:
                let files = Dictionary(uniqueKeysWithValues: rotation.counts.map { ($0.path, $0.count) })
                try Print.json(Document(problems: rotation.problems, files: files, isWritten: isWritten))
            }
            Print.error(rotation.summary)
            if !rotation.problems.isEmpty { throw ExitCode.failure }
        }
    }
}

/// The new texts of an admin repository's files.
struct SecretRotation {
    /// Why nothing is written.
    private(set) var problems: [Diagnostic] = []
    private(set) var counts: [(path: String, count: Int)] = []
    private var unchanged = 0
    private var files: [String: String] = [:]
    private let directory: String

    /// - Throws: when the folder cannot be read or a value cannot be sealed.
    init(directory: String, new: SecretKey, old: [SecretKey]) throws {
        self.directory = directory
        let keys = try OpeningKeys(new, old: old)
        let result = ConfigReader.read(try ConfigSource.directory(directory))
        // A file with mistakes may hold secrets that nobody told us of.
        problems = result.diagnostics.filter { $0.severity == .error }
        // A value that several hooks share is replaced everywhere in the file at once.
        var done: Set<[String]> = []
        for secret in result.secrets where done.insert([secret.path, secret.name, secret.sealed]).inserted {
            do throws(SealedSecretProblem) {
                try reseal(secret, keys)
            } catch {
                report(secret, "the secret \(secret.name) cannot be opened: \(error)")
            }
        }
        counts = counts.sorted { $0.path < $1.path }
        problems.sort()
    }

    var summary: String {
        let count = counts.reduce(0) { $0 + $1.count }
        return "\(count) sealed again, \(unchanged) were sealed for the new key already, \(problems.count) problems"
    }

    private mutating func reseal(_ secret: DeclaredSecret, _ keys: OpeningKeys) throws(SealedSecretProblem) {
        let key = keys.current.sealingKey
        let value = try keys.open(secret.sealed, for: secret.repository, name: secret.name)
        guard try !SealedSecret(secret.sealed).isSealed(with: key) else {
            unchanged += 1
            return
        }
        let fresh = try SealedSecret.seal(value, for: secret.repository, name: secret.name, with: key)
        guard let text = files[secret.path] ?? (try? String(contentsOfFile: file(secret.path), encoding: .utf8)),
            text.contains(secret.sealed)
        else {
            report(secret, "the sealed value is not written on one line here; write it as one word")
            return
        }
        files[secret.path] = text.replacing(secret.sealed, with: fresh.description)
        if let index = counts.firstIndex(where: { $0.path == secret.path }) {
            counts[index].count += 1
        } else {
            counts.append((secret.path, 1))
        }
    }

    private mutating func report(_ secret: DeclaredSecret, _ message: String) {
        problems.append(
            Diagnostic(
                path: secret.path, line: secret.line, column: secret.column, severity: .error, message: message))
    }

    private func file(_ path: String) -> String { "\(directory)/\(path)" }

    /// Each file is replaced whole; its mode stays.
    func write() throws {
        for (path, text) in files {
            let mode = try FileManager.default.attributesOfItem(atPath: file(path))[.posixPermissions]
            try Data(text.utf8).write(to: URL(filePath: file(path)), options: .atomic)
            if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(path)) }
        }
    }
}
