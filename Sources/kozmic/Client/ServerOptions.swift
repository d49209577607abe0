import ArgumentParser
import Curl
import Foundation

/// Which server is asked, and who asks.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address, such as https://ci.example.org (KOZMIC_SERVER).")
    var server: String?

    @Option(
        help: """
            A file with a GitHub token of yours (or the token itself in KOZMIC_TOKEN, or else in GITHUB_TOKEN); without \
            one only public projects are seen.
            """)
    var tokenFile: String?

    @Option(help: "More certificates to trust, a PEM file (KOZMIC_CA_FILE; default: the system's).")
    var caFile: String?

    /// The server's address, if one is named.
    var address: String? { [server, Self.variable("KOZMIC_SERVER")].compactMap(\.self).first { !$0.isEmpty } }

    /// Asks the server; what it refuses is printed, and ends the command.
    ///
    /// - Parameters:
    ///   - command: what errors begin with.
    ///   - status: the exit status then.
    func ask<Value>(
        _ command: String, status: Int32 = 1, _ body: (ServerClient) async throws -> Value
    ) async throws -> Value {
        guard let address else { throw Self.noServer }
        return try await attempt(command, status: status) {
            let address = try ServerClient.address(address)
            let token = try self.token()
            let curl = CurlClient(
                CurlOptions(
                    userAgent: "kozmic/\(Version.text)",
                    caFile: try CAFile.checked(caFile ?? Self.variable("KOZMIC_CA_FILE"))))
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(try ServerClient(address: address, token: token, curl: curl)))
            } catch {
                result = .failure(error)
            }
            await curl.close()
            do {
                return try result.get()
            } catch let problem as ServerProblem {
                throw SettingProblem(problem.description.withoutControls)
            } catch let error as CurlError {
                throw SettingProblem("\(address) cannot be asked: \(error.message.withoutControls)")
            }
        }
    }

    fileprivate static let noServer = ValidationError(
        "which server? Give --server, or set KOZMIC_SERVER to its address")

    /// The token is never an argument: everybody on the machine can read those.
    private func token() throws(SettingProblem) -> String? {
        guard let tokenFile else {
            return [Self.variable("KOZMIC_TOKEN"), Self.variable("GITHUB_TOKEN")].compactMap(\.self)
                .first { !$0.isEmpty }
        }
        guard let handle = FileHandle(forReadingAtPath: tokenFile), let data = try? handle.read(upToCount: 4096) else {
            throw SettingProblem("--token-file: \(tokenFile) cannot be read")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw SettingProblem("--token-file: \(tokenFile) is empty") }
        return token
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}

/// What all commands of the client have.
struct ClientOptions: ParsableArguments {
    @OptionGroup var server: ServerOptions

    @Option(help: "text or json")
    var output = OutputFormat.text

    @Flag(help: "The same as --output json.")
    var json = false

    /// The last of what a command's `validate` looks at, before the server is asked: the usage that is printed is then the
    /// command's own.
    ///
    /// - Throws: `ValidationError` when no server is named, or what is no address.
    func requireServer() throws {
        guard let address = server.address else { throw ServerOptions.noServer }
        do throws(SettingProblem) {
            _ = try ServerClient.address(address)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Whether a program reads the result.
    var isJSON: Bool { json || output == .json }
}
