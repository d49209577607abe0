/// Names that may stand in the path of a request: whatever else is in them would make it another request.
enum EngineName {
    /// A container, volume or network, by name or id.
    static func object(_ name: String, _ what: String) throws(DockerError) -> String {
        guard name.utf8.first.map(isAlphanumeric) == true, name.utf8.count <= 255,
            name.utf8.allSatisfy({ isAlphanumeric($0) || "_.-".utf8.contains($0) })
        else { throw DockerError(.invalid, "not the name or id of a \(what): \(quoted(name))") }
        return name
    }

    /// An image, by name or id.
    static func image(_ reference: String) throws(DockerError) -> String {
        guard reference.utf8.first.map(isAlphanumeric) == true, reference.utf8.count <= 512,
            reference.utf8.allSatisfy({ isAlphanumeric($0) || "_.-:/@".utf8.contains($0) }),
            reference.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { throw DockerError(.invalid, "not the name of an image: \(quoted(reference))") }
        return reference
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }

    private static func quoted(_ name: String) -> String { String(name.prefix(80)).debugDescription }
}
