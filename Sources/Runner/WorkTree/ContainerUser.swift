/// The numbers behind the name of a user in an image.
struct ContainerUser: Sendable, Equatable {
    var uid: Int
    var gid: Int

    /// Looks up `name`, `uid`, `name:group`, `uid:gid` the way the engine does. Broken lines are passed over.
    ///
    /// - Parameters:
    ///   - passwd: the bytes of the image's `/etc/passwd`; empty when there is none.
    ///   - group: the bytes of `/etc/group`.
    /// - Returns: `nil` when the user or the group is not there.
    init?(_ user: String, passwd: [UInt8], group: [UInt8]) {
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        let entry = Self.fields(of: passwd, minimum: 4).first { fields in
            fields[0].elementsEqual(name.utf8) || (Self.number(name.utf8) != nil && fields[2].elementsEqual(name.utf8))
        }
        if let entry, let uid = Self.number(entry[2]), let gid = Self.number(entry[3]) {
            (self.uid, self.gid) = (uid, gid)
        } else if let uid = Self.number(name.utf8) {
            (self.uid, gid) = (uid, 0)
        } else {
            return nil
        }
        guard parts.count == 2 else { return }
        let groupName = parts[1]
        let groupEntry = Self.fields(of: group, minimum: 3).first { $0[0].elementsEqual(groupName.utf8) }
        guard let gid = groupEntry.flatMap({ Self.number($0[2]) }) ?? Self.number(groupName.utf8) else { return nil }
        self.gid = gid
    }

    private static func fields(of file: [UInt8], minimum: Int) -> [[ArraySlice<UInt8>]] {
        file.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            return fields.count >= minimum ? fields : nil
        }
    }

    /// Digits only, and no more than a user id can be: `Int("+1")` would be too kind.
    private static func number(_ text: some Collection<UInt8>) -> Int? {
        guard (1...10).contains(text.count) else { return nil }
        var value = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value <= Int(Int32.max) ? value : nil
    }
}
