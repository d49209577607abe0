/// The numbers of a user and a group.
public struct FileOwner: Sendable, Hashable {
    /// The user.
    public var uid: UInt32
    /// The group.
    public var gid: UInt32

    /// Memberwise.
    public init(uid: UInt32, gid: UInt32) {
        self.uid = uid
        self.gid = gid
    }
}
