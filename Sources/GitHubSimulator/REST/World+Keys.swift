import Foundation

extension World {
    func listKeys(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        return call.page(repository.keys) { shape($0, in: repository, call.addresses) }
    }

    /// The comment is dropped; a key that is used anywhere already is refused.
    func createKey(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        let viewer = try requireViewer(call)
        guard let given = try call.string("key") else { throw RESTFailure.missing("PublicKey", field: "key") }
        guard let key = Self.withoutComment(given) else {
            throw RESTFailure.custom(
                "PublicKey", field: "key",
                "key is invalid. You must supply a key in OpenSSH public key format")
        }
        guard !repositories.values.contains(where: { $0.keys.contains { $0.key == key } }) else {
            throw RESTFailure.custom("PublicKey", field: "key", "key is already in use")
        }
        let added = DeployKey(
            id: nextID(), title: try call.string("title") ?? "", key: key,
            isReadOnly: try call.flag("read_only") ?? false, addedBy: viewer.login)
        repository.keys.append(added)
        return .created(
            shape(added, in: repository, call.addresses),
            location: "\(call.addresses.repository(repository))/keys/\(added.id)")
    }

    /// Type and base64 of a key in OpenSSH's format, if the type inside of the base64 is the one before it.
    private static func withoutComment(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 2, let data = Data(base64Encoded: words[1]) else { return nil }
        let bytes = Array(data)
        let type = Array(words[0].utf8)
        guard ["ssh-ed25519", "ssh-rsa"].contains(words[0]) || words[0].hasPrefix("ecdsa-sha2-"),
            bytes.count > 4 + type.count, bytes[..<4] == [0, 0, 0, UInt8(truncatingIfNeeded: type.count)],
            Array(bytes[4..<4 + type.count]) == type
        else { return nil }
        return words[0] + " " + words[1]
    }

    func readKey(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, key) = try key(call)
        return RESTAnswer(body: shape(key, in: repository, call.addresses))
    }

    func deleteKey(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, key) = try key(call)
        repository.keys.removeAll { $0.id == key.id }
        return .noContent
    }

    private func key(_ call: RESTCall) throws(RESTFailure) -> (Repository, DeployKey) {
        let repository = try repository(call, for: .admin)
        let id = try call.id("key")
        guard let key = repository.keys.first(where: { $0.id == id }) else { throw .notFound }
        return (repository, key)
    }
}
