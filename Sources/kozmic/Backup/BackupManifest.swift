import Foundation
import OpenSSL
import Store

/// What `backup.json` of a backup says. Beside it, `SHA256SUMS` has every file's hash, for `sha256sum -c`.
struct BackupManifest: Codable {
    /// Of the backup's form; another one is refused.
    var format = 1
    /// The version of Kozmic that made it.
    var kozmic = Version.text
    var createdAt = Date()
    /// The public half of the key that its secrets are sealed with, if that was known.
    var publicKey: String?
    var contents: BackupContents

    static let file = "backup.json"
    static let sums = "SHA256SUMS"

    /// - Throws: `SettingProblem` when the folder is no backup that this version knows.
    static func read(_ folder: String) throws -> BackupManifest {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else {
            throw SettingProblem("\(folder) is no backup: there is no \(file) in it")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let manifest = try? decoder.decode(BackupManifest.self, from: data) else {
            throw SettingProblem("\(folder)/\(file) cannot be understood")
        }
        guard manifest.format == 1 else {
            throw SettingProblem("\(folder) was made by a newer version of Kozmic (\(manifest.kozmic))")
        }
        return manifest
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        try encoder.encode(self).write(to: URL(filePath: "\(folder)/\(Self.file)"))
    }
}

/// The hashes of all files of a folder, as `sha256sum` prints and reads them.
enum FileSums {
    /// A line for each file below the folder, `SHA256SUMS` itself left out, sorted by path.
    static func make(_ folder: String) throws -> String {
        guard let files = FileManager.default.enumerator(atPath: folder) else {
            throw SettingProblem("\(folder) cannot be read")
        }
        var lines: [String] = []
        while let path = files.nextObject() as? String {
            let isFile = files.fileAttributes?[.type] as? FileAttributeType == .typeRegular
            if isFile, path != BackupManifest.sums { lines.append("\(try hash("\(folder)/\(path)"))  \(path)\n") }
        }
        return lines.sorted { $0.dropFirst(66) < $1.dropFirst(66) }.joined()
    }

    /// The files that a folder must have, relative to it, after their hashes were compared.
    ///
    /// - Throws: `SettingProblem` that names the first file that is missing, changed, or not listed.
    static func verify(_ folder: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(BackupManifest.sums)") else {
            throw SettingProblem("\(folder) is no whole backup: there is no \(BackupManifest.sums) in it")
        }
        var paths: [String] = []
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let path = String(line.dropFirst(66))
            guard line.utf8.count > 66, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
                throw SettingProblem("\(folder)/\(BackupManifest.sums) cannot be understood: \(line.prefix(100))")
            }
            guard try hash("\(folder)/\(path)") == line.prefix(64) else {
                throw SettingProblem("\(folder)/\(path) is not as it was backed up; take another backup")
            }
            paths.append(path)
        }
        return paths
    }

    private static func hash(_ path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw SettingProblem("\(path) cannot be read") }
        defer { try? handle.close() }
        var hasher = SHA256.Hasher()
        while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { hasher.update(data) }
        return Hex.encode(hasher.finalize())
    }
}
