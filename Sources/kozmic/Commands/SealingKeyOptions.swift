import ArgumentParser
import Curl
import Foundation
import Model

/// Where the controller's public key comes from.
struct SealingKeyOptions: ParsableArguments {
    @Option(help: "The controller's public key, kozmic-key:v1:….")
    var publicKey: String?

    @Option(help: "A file with the public key.")
    var publicKeyFile: String?

    @Option(help: "The server's secret key file, which the public key is derived from.")
    var secretKeyFile: String?

    @Option(help: "The address of a running server, which is asked for its key (KOZMIC_SERVER).")
    var server: String?

    @Option(help: "More certificates to trust, a PEM file (KOZMIC_CA_FILE; default: the system's).")
    var caFile: String?

    /// - Throws: what is wrong with the option that was given, or that none was.
    func sealingKey() async throws -> SealingKey {
        if let publicKey {
            guard let key = SealingKey(publicKey.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw SettingProblem.usage("--public-key is no public key; one begins with \(SealingKey.prefix)")
            }
            return key
        }
        if let publicKeyFile {
            guard let handle = FileHandle(forReadingAtPath: publicKeyFile),
                let data = try handle.read(upToCount: 4096)
            else { throw SettingProblem("--public-key-file: \(publicKeyFile) cannot be read") }
            return try Self.parse(String(decoding: data, as: UTF8.self), from: publicKeyFile)
        }
        if let secretKeyFile { return try OpeningKey(try SecretKeyFile.read(secretKeyFile)).sealingKey }
        let environment = ProcessInfo.processInfo.environment
        guard let server = server ?? environment["KOZMIC_SERVER"], !server.isEmpty else {
            throw SettingProblem.usage(
                "whose key? Give --server (KOZMIC_SERVER), --public-key, --public-key-file or --secret-key-file")
        }
        return try await fetch(
            ServerClient.address(server), caFile: CAFile.checked(caFile ?? environment["KOZMIC_CA_FILE"]))
    }

    private func fetch(_ address: String, caFile: String?) async throws -> SealingKey {
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: caFile))
        let result: Result<CurlResponse, CurlError>
        do throws(CurlError) {
            result = .success(try await curl.send(CurlRequest(url: "\(address)/_keys", bodyLimit: 64 << 10)))
        } catch {
            result = .failure(error)
        }
        await curl.close()
        let response = try result.get()
        struct Keys: Decodable { var seal: String }
        guard response.status == 200,
            let keys = try? JSONDecoder().decode(Keys.self, from: Data(response.body))
        else { throw SettingProblem("--server: \(address)/_keys gives no key (status \(response.status))") }
        return try Self.parse(keys.seal, from: "\(address)/_keys")
    }

    private static func parse(_ text: String, from source: String) throws -> SealingKey {
        guard let key = SealingKey(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw SettingProblem("\(source) holds no public key; one begins with \(SealingKey.prefix)")
        }
        return key
    }
}
