import Foundation
import Testing

@testable import kozmic

/// A GitHub App of the stand-in.
extension World {
    private var appFile: String { "\(folder)/app.id" }

    /// GitHub's number of it.
    func app() throws -> String { try String(contentsOfFile: appFile, encoding: .utf8) }

    /// Registers an app with these permissions. Answers the flags for it.
    ///
    /// - Parameter more: of the control route's body.
    func makeApp(_ permissions: [String: String], _ more: [String: any Sendable] = [:]) async throws -> [String] {
        struct Made: Decodable { var id: Int64 }
        let body: [String: any Sendable] = [
            "slug": "ci", "owner": "octocat", "public_key": AppKeys.publicKey, "permissions": permissions,
        ]
        let made = try await client.control("POST", "apps", body.merging(more) { $1 }, as: Made.self)
        try "\(made.id)".write(toFile: appFile, atomically: true, encoding: .utf8)
        try AppKeys.privateKey.write(toFile: "\(folder)/app.pem", atomically: true, encoding: .utf8)
        return ["--github-app-id", "\(made.id)", "--github-app-key-file", "\(folder)/app.pem"]
    }

    /// Installs it for the organization.
    func install(_ more: [String: any Sendable] = [:]) async throws {
        let body: [String: any Sendable] = ["account": "acme"]
        try await client.control("POST", "apps/\(app())/installations", body.merging(more) { $1 })
    }

    /// Changes the installation.
    func change(_ body: [String: any Sendable]) async throws {
        try await client.control("PATCH", "apps/\(app())/installations/acme", body)
    }
}
