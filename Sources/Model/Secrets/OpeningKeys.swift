import OpenSSL

/// The keys that a controller opens secrets with: its own, and older ones for as long as old sealed texts are in use.
public struct OpeningKeys: Sendable {
    /// The key that new secrets are sealed for.
    public let current: OpeningKey
    private let old: [OpeningKey]

    /// - Throws: `CryptoError` when the library has no X25519.
    public init(_ current: SecretKey, old: [SecretKey] = []) throws(CryptoError) {
        self.current = try OpeningKey(current)
        var keys: [OpeningKey] = []
        for key in old { keys.append(try OpeningKey(key)) }
        self.old = keys
    }

    /// The value of a sealed text.
    public func open(
        _ text: String, for repository: RepositoryName, name: String
    ) throws(SealedSecretProblem) -> String {
        let sealed = try SealedSecret(text)
        guard sealed.isBound(to: repository, name: name) else { throw .boundElsewhere }
        for key in [current] + old where sealed.isSealed(with: key.sealingKey) {
            return try key.open(sealed, for: repository, name: name)
        }
        throw .otherKey
    }

    /// The values of a project's sealed texts, by name.
    ///
    /// - Throws: `UnopenedSecret` for the first that cannot be opened.
    public func open(
        _ texts: [String: String], for repository: RepositoryName
    ) throws(UnopenedSecret) -> [String: String] {
        var values: [String: String] = [:]
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            do throws(SealedSecretProblem) {
                values[name] = try open(text, for: repository, name: name)
            } catch {
                throw UnopenedSecret(name: name, problem: error)
            }
        }
        return values
    }
}

/// A secret of a project that cannot be opened.
public struct UnopenedSecret: Error, Sendable, Hashable, CustomStringConvertible {
    /// The variable.
    public let name: String
    /// Why.
    public let problem: SealedSecretProblem

    public var description: String { "the secret \(name) cannot be opened: \(problem)" }
}
