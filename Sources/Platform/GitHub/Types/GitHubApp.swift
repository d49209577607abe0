import Foundation
import OpenSSL

/// A GitHub App with its private key, which is never printed.
public struct GitHubApp: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// GitHub's number of the app, or its client id.
    public let id: String
    private let pem: String

    /// - Parameters:
    ///   - id: as its page says.
    ///   - privateKey: the PEM file that GitHub gave, an RSA key of 2048 bits or more.
    /// - Throws: `invalidRequest` when the key cannot be used; the message never holds it.
    public init(id: String, privateKey: String) throws(GitHubError) {
        guard !id.isEmpty, id.utf8.count <= 100, id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw GitHubError(kind: .invalidRequest, message: "not the id of an app")
        }
        self.id = id
        pem = privateKey
        _ = try webToken(Date())
    }

    /// What the app proves its identity with for the next minutes.
    func webToken(_ now: Date) throws(GitHubError) -> String {
        let seconds = Int(now.timeIntervalSince1970)
        let header = #"{"alg":"RS256","typ":"JWT"}"#
        // GitHub takes at most ten minutes, and its clock may be behind ours or before it.
        let claims = #"{"exp":\#(seconds + 480),"iat":\#(seconds - 60),"iss":"\#(id)"}"#
        let text = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(Array(claims.utf8)))"
        do {
            return "\(text).\(Base64URL.encode(try RS256.sign(pem: pem, Array(text.utf8))))"
        } catch {
            throw GitHubError(kind: .invalidRequest, message: "the app's private key cannot be used: \(error)")
        }
    }

    /// Without the key.
    public var description: String { "app \(id)" }
    /// Without the key.
    public var debugDescription: String { description }
    /// Without the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
