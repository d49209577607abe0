import ArgumentParser
import Foundation
import Glibc
import Model
import Store

/// `kozmic backup FOLDER`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy what the server remembers to another folder, while it runs.",
        discussion: """
            The folder must not exist: it appears when the backup is complete. In it are the database as it was at one \
            moment, the logs of its jobs, the controller's identity, backup.json, and SHA256SUMS for 'sha256sum -c'. \
            'kozmic restore' puts it back, on this or another machine.

            Secrets in the database stay sealed, and the secret key is not in the backup: keep it elsewhere. Not in it \
            either: mirrors of repositories and cached images, which are made again. The database holds the webhooks' \
            payloads and the logs hold what jobs printed, so the folder is for its owner only.

            Exit status: 0 done, 1 there is no backup.
            """)

    @Argument(help: "The folder that is made.")
    var folder: String

    @Option(help: "The server's data directory (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @Option(
        help: """
            The server's secret key file; its public half is noted, so that a restore can say whether it has the right \
            key (KOZMIC_SECRET_KEY_FILE; default: in the data directory).
            """)
    var secretKeyFile: String?

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        do {
            let data = DataFolder.path(dataDir)
            let keyFile = DataFolder.secretKeyFile(secretKeyFile, in: data)
            let manifest = try await Backup(dataDirectory: data, secretKeyFile: keyFile).make(folder)
            switch output {
            case .json: try Print.json(manifest)
            case .text:
                print("\(folder): \(manifest.contents.text)")
                print("not in it: the secret key (\(keyFile)), without which its secrets stay sealed")
            }
        } catch {
            Print.error("kozmic backup: \(error)")
            throw ExitCode.failure
        }
    }
}

/// Makes a backup.
struct Backup: Sendable {
    var dataDirectory: String
    var secretKeyFile: String

    /// The folder appears whole or not at all.
    ///
    /// - Throws: `SettingProblem` or `StoreError`, in words.
    func make(_ folder: String) async throws -> BackupManifest {
        var target = folder
        while target.count > 1, target.hasSuffix("/") { target.removeLast() }
        var status = stat()
        guard lstat(target, &status) != 0 else {
            throw SettingProblem("\(target) exists; a backup does not write over anything")
        }
        var template = Array("\(target).part-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SettingProblem("\(target) cannot be made: \(String(cString: strerror(errno)))")
        }
        let part = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            let manifest = try await fill(part)
            guard rename(part, target) == 0 else {
                throw SettingProblem("\(target) cannot be made: \(String(cString: strerror(errno)))")
            }
            Store.flush()
            return manifest
        } catch {
            try? FileManager.default.removeItem(atPath: part)
            throw error
        }
    }

    private func fill(_ folder: String) async throws -> BackupManifest {
        guard let contents = try await Store.backUp(dataDirectory: dataDirectory, to: folder) else {
            throw DataFolder.noDatabase(dataDirectory)
        }
        if let instance = FileManager.default.contents(atPath: "\(dataDirectory)/instance") {
            try instance.write(to: URL(filePath: "\(folder)/instance"))
        }
        // Whoever makes backups need not be allowed to read the key.
        let key = try? SecretKeyFile.read(secretKeyFile)
        let publicKey = try key.map { try OpeningKey($0).sealingKey.description }
        let manifest = BackupManifest(publicKey: publicKey, contents: contents)
        try manifest.write(to: folder)
        try Data(FileSums.make(folder).utf8).write(to: URL(filePath: "\(folder)/\(BackupManifest.sums)"))
        Store.flush()
        return manifest
    }
}

extension BackupContents {
    /// For people.
    var text: String {
        func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        let size = logBytes < 1 << 20 ? "\((logBytes + 1023) >> 10) KiB" : "\(logBytes >> 20) MiB"
        return [
            counted(projects, "project", "projects"), counted(builds, "build", "builds"),
            counted(jobs, "job", "jobs"), counted(deliveries, "delivery", "deliveries"),
            "\(counted(logs, "log", "logs")) of \(size)",
        ].joined(separator: ", ")
    }
}
