import Foundation
import Glibc
import OpenSSL
import Store

/// The data directory and the secret key.
struct DoctorData {
    var settings: ServeSettings
    /// Below this, a log of a single job may fill the disk; in bytes.
    var littleSpace: Int64 = 5 << 30

    func findings() -> [Finding] {
        [directory(), space(), secretKey()].compactMap(\.self)
            + settings.openFiles.map { .warning("secret file", "others may read \($0)", "chmod 600 \($0)") }
    }

    /// A database of a newer version; any other needs no line.
    func database() async -> [Finding] {
        do throws(StoreError) {
            _ = try await Store.peekApplied(dataDirectory: settings.dataDirectory)
            return []
        } catch .newerSchema(let path) {
            return [
                .failed(
                    "database", "\(path) was written by a newer version of Kozmic",
                    "run that version, or restore an older backup")
            ]
        } catch {
            // One of an older version is brought up to date at the start, which also says what else is wrong.
            return []
        }
    }

    /// The folder, or the nearest one above it that exists.
    private var existing: String {
        var path = settings.dataDirectory
        while !FileManager.default.fileExists(atPath: path), path.count > 1 {
            path = URL(filePath: path).deletingLastPathComponent().path
        }
        return path
    }

    private func directory() -> Finding {
        let path = settings.dataDirectory
        let isThere = existing == path
        guard !DataDirectory.isFile(existing) else {
            return .failed(
                "data directory", "\(existing) is a file, not a folder", "choose another one with --data-dir")
        }
        guard access(existing, W_OK | X_OK) == 0 else {
            return .failed(
                "data directory", "\(existing) cannot be written by this account",
                "chown it to the account that runs kozmic serve, or choose another one with --data-dir")
        }
        return .ok("data directory", isThere ? "\(path) can be written" : "\(path) is made at the first start")
    }

    private func space() -> Finding? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: existing)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else { return nil }
        let text = "\(free >> 30) GiB free"
        guard free >= LogFiles.reserve else {
            return .failed(
                "disk space", "\(free >> 20) MiB free: no log is written, and deliveries may be refused",
                "make room for \(settings.dataDirectory)")
        }
        guard free >= littleSpace else {
            return .warning("disk space", text, "mirrors and logs live in \(settings.dataDirectory): make room")
        }
        return .ok("disk space", text)
    }

    private func secretKey() -> Finding {
        let file = settings.secretKeyFile
        guard FileManager.default.fileExists(atPath: file) else {
            guard settings.isSecretKeyOurs else {
                return .failed(
                    "secret key", "there is no \(file)",
                    "put back the copy that was kept, or leave out --secret-key-file for a new key")
            }
            return .ok("secret key", "\(file) is made at the first start; keep a copy of it then")
        }
        let mode = (try? FileManager.default.attributesOfItem(atPath: file))?[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            return .failed("secret key", "others may read \(file)", "chmod 600 \(file)")
        }
        guard let data = FileManager.default.contents(atPath: file), data.count <= 4096 else {
            return .failed("secret key", "\(file) cannot be read", "chown it to the account that runs kozmic serve")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard Hex.decode(text)?.count == 32 else {
            return .failed(
                "secret key", "\(file) does not hold 64 hexadecimal digits", "put the copy back that was kept")
        }
        return .ok("secret key", "\(file), mode \(String(mode, radix: 8))")
    }
}
