import Foundation

/// What a registry wants to see before it serves an image. Its description shows no secret.
public struct DockerRegistryAuth: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private enum Proof: Sendable, Hashable {
        case password(user: String, String)
        case identityToken(user: String, String)
    }

    private var proof: Proof
    /// The registry, such as `registry.example.org:5000`.
    public var server: String

    /// A user with a password or an access token.
    public init(user: String, password: String, server: String) {
        proof = .password(user: user, password)
        self.server = server
    }

    /// A token that `docker login` got from the registry.
    public init(identityToken: String, user: String = "", server: String) {
        proof = .identityToken(user: user, identityToken)
        self.server = server
    }

    /// The user's name; empty with an identity token, mostly.
    public var user: String {
        switch proof {
        case .password(let user, _), .identityToken(let user, _): user
        }
    }

    public var description: String { "\(user.isEmpty ? "token" : user)@\(server)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["server": server]) }

    /// The value of `X-Registry-Auth`.
    var header: String {
        let fields: [String: String] =
            switch proof {
            case .password(let user, let password):
                ["username": user, "password": password, "serveraddress": server]
            case .identityToken(_, let token): ["identitytoken": token, "serveraddress": server]
            }
        let json = (try? JSONEncoder().encode(fields)) ?? Data()
        return json.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }
}
