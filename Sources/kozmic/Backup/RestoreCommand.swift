import ArgumentParser
import Foundation
import Glibc
import Model
import Store

/// `kozmic restore FOLDER`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into a data directory that has no database yet.",
        discussion: """
            Every file of the backup is compared with SHA256SUMS before anything is written, and the restored database is \
            opened and checked. Run it as the user that the server runs as, give the server its old secret key \
            (--secret-key-file, or DATA-DIR/secret.key), and start it. Without that key it makes fresh webhook secrets \
            and deploy keys by itself, but `sealed:v1:` values of the admin repository cannot be opened.

            Two servers must not work with the same backup at once: both would change the same webhooks.

            Exit status: 0 done, 1 nothing was restored.
            """)

    @Argument(help: "The folder that 'kozmic backup' made.")
    var folder: String

    @Option(help: "The server's data directory (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @Option(help: "The server's secret key file (KOZMIC_SECRET_KEY_FILE; default: in the data directory).")
    var secretKeyFile: String?

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        do {
            let data = DataFolder.path(dataDir)
            let manifest = try await Restore(dataDirectory: data).restore(folder)
            let keyFile = DataFolder.secretKeyFile(secretKeyFile, in: data)
            switch output {
            case .json: try Print.json(manifest)
            case .text:
                print("\(data): \(manifest.contents.text), as of \(manifest.createdAt.formatted(.iso8601))")
                print(Self.about(manifest, keyFile))
            }
        } catch {
            Print.error("kozmic restore: \(error)")
            throw ExitCode.failure
        }
    }

    /// Whether the key is there that the secrets are sealed with.
    static func about(_ manifest: BackupManifest, _ keyFile: String) -> String {
        let key = try? OpeningKey(try SecretKeyFile.read(keyFile)).sealingKey.description
        guard let expected = manifest.publicKey else {
            return "give the server the secret key that it had; the backup does not say which one that was"
        }
        guard let key else { return "put the secret key whose public half is \(expected) into \(keyFile)" }
        return key == expected
            ? "the secret key \(keyFile) is the right one"
            : "the secret key \(keyFile) is another one than the backup's; its public half should be \(expected)"
    }
}

/// Puts a backup into a data directory.
struct Restore: Sendable {
    var dataDirectory: String

    /// - Throws: `SettingProblem` or `StoreError`, in words; the data directory then has no database.
    func restore(_ folder: String) async throws -> BackupManifest {
        let manifest = try BackupManifest.read(folder)
        let files = try FileSums.verify(folder)
        guard files.contains("kozmic.sqlite") else {
            throw SettingProblem("\(folder) is no whole backup: there is no kozmic.sqlite in it")
        }
        // Before the lock, which would make it: a folder that is used is left as it is.
        if let used = ["kozmic.sqlite", "logs", "instance"].first(where: exists) {
            throw SettingProblem(
                "\(dataDirectory)/\(used) is there already; restore into a new folder, or move this one away")
        }
        let logs = files.filter { $0.hasPrefix("logs/") }
        do {
            try makeFolder(dataDirectory)
            // One that was there already may be open to others.
            _ = chmod(dataDirectory, 0o700)
            try makeFolder("\(dataDirectory)/logs")
            for file in logs + files.filter({ $0 == "instance" }) + ["kozmic.sqlite"] {
                try copy("\(folder)/\(file)", to: "\(dataDirectory)/\(file)")
            }
            // Opening it checks it, brings its tables up to date, and proves that a server can do so.
            let store = try await Store.open(dataDirectory: dataDirectory)
            await store.close()
            Store.flush()
        } catch {
            for name in ["kozmic.sqlite", "kozmic.sqlite-wal", "kozmic.sqlite-shm", "logs", "instance"] {
                try? FileManager.default.removeItem(atPath: "\(dataDirectory)/\(name)")
            }
            throw error
        }
        return manifest
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(dataDirectory)/\(name)")
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func copy(_ source: String, to target: String) throws {
        try makeFolder(URL(filePath: target).deletingLastPathComponent().path)
        try FileManager.default.copyItem(atPath: source, toPath: target)
        guard chmod(target, 0o600) == 0 else {
            throw SettingProblem("\(target): \(String(cString: strerror(errno)))")
        }
    }
}
