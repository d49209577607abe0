import Foundation
import Model
import OpenSSL

/// A secret key in a file that must be there already.
enum SecretKeyFile {
    /// - Throws: `SettingProblem` when the file is missing, is not a key, or others may read it.
    static func read(_ file: String) throws(SettingProblem) -> SecretKey {
        guard FileManager.default.fileExists(atPath: file) else {
            throw SettingProblem(
                "there is no secret key file \(file); put back the copy that was kept, or make one: "
                    + "(umask 077; openssl rand -hex 32 >\(file))")
        }
        guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: 4096) else {
            throw SettingProblem("the secret key file \(file) cannot be read")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        if let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0 {
            throw SettingProblem("others may read the secret key file \(file); chmod 600 it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Hex.decode(text), let key = SecretKey(bytes: bytes) else {
            throw SettingProblem("the secret key file \(file) must hold 64 hexadecimal digits")
        }
        return key
    }
}
