import Foundation
import Glibc
import Model
import OpenSSL

/// The folder that belongs to one controller: its identity, its key, and a lock that keeps a second one out.
final class DataDirectory: Sendable {
    /// The folder.
    let path: String
    /// The controller's name on labels.
    let instance: String
    private let lock: Int32

    /// Makes the folder if it is missing, and takes the lock, which the kernel gives back when the process ends,
    /// however it ends.
    ///
    /// - Throws: `SettingProblem`.
    init(_ path: String) throws {
        self.path = path
        guard !Self.isFile(path) else { throw SettingProblem("--data-dir: \(path) is a file, not a folder") }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingProblem("--data-dir: \(path) cannot be made: \(error.localizedDescription)")
        }
        lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw SettingProblem("--data-dir: \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw SettingProblem("--data-dir: another kozmic serve already uses \(path)")
        }
        instance = try Self.line("\(path)/instance", make: { Hex.encode(RandomBytes.make(8)) })
    }

    deinit { close(lock) }

    /// Whether something other than a folder stands at a path.
    static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// The secret key: read, or made at the first start. A file that somebody named is never made, because a mistyped
    /// name would replace the key.
    ///
    /// - Throws: `SettingProblem` when the file is missing, is not a key or others may read it.
    static func secretKey(_ settings: ServeSettings) throws -> SecretKey {
        let file = settings.secretKeyFile
        if settings.isSecretKeyOurs { _ = try line(file, make: { Hex.encode(RandomBytes.make(32)) }) }
        return try SecretKeyFile.read(file)
    }

    /// The first line of a small file, made with mode 0600 if it is missing. A new file appears whole or not at all.
    private static func line(_ file: String, make: () -> String) throws -> String {
        var status = stat()
        // What is there and cannot be read is not replaced.
        if lstat(file, &status) == 0 {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw SettingProblem("\(file) cannot be read; chown it to the account that runs kozmic serve")
            }
            return String(decoding: data.prefix(4096), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let text = make()
        let temporary = file + ".new"
        let written = FileManager.default.createFile(
            atPath: temporary, contents: Data("\(text)\n".utf8), attributes: [.posixPermissions: 0o600])
        guard written, rename(temporary, file) == 0 else {
            throw SettingProblem("\(file) cannot be written: \(String(cString: strerror(errno)))")
        }
        return text
    }
}
