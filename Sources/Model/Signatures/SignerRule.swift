/// Whose commits of the admin repository are applied.
public struct SignerRule: Sendable, Hashable {
    private let keys: [SSHPublicKey]
    /// Whether everybody's are.
    public let isEmpty: Bool

    /// - Parameter allowed: `allowed_signers` of the revision that is applied now. Empty: everybody's.
    public init(_ allowed: [String]) {
        keys = allowed.compactMap { SSHPublicKey($0) }
        // A list of which nothing can be read lets nobody in.
        isEmpty = allowed.isEmpty
    }

    /// Why a commit is not applied; `nil` when it is.
    ///
    /// - Parameters:
    ///   - signature: the commit's own; `nil` when it has none.
    ///   - content: what was signed.
    public func refusal(signature: [UInt8]?, content: [UInt8]) -> String? {
        guard !isEmpty else { return nil }
        guard let signature else { return "it is not signed, and allowed_signers asks for a signature" }
        guard let signature = SSHSignature(armored: signature) else {
            return "it is signed, but not with an SSH key (git config gpg.format ssh)"
        }
        let key = signature.publicKey
        guard key.kind == SSHPublicKey.verifiableKind else {
            return
                "it is signed with a key of the kind \(key.kind); only \(SSHPublicKey.verifiableKind) can be verified"
        }
        guard keys.contains(key) else {
            return "it is signed with the key \(key), which allowed_signers of the applied revision does not name"
        }
        guard signature.verifies(content, namespace: "git") else {
            return "its signature with the key \(key) is not valid"
        }
        return nil
    }
}
