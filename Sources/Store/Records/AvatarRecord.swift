import Foundation
import Model

/// The picture of an account.
public struct AvatarPicture: Sendable, Hashable {
    /// Its media type.
    public var type: String
    /// Another one for each other picture.
    public var tag: String
    /// The file.
    public var bytes: [UInt8]

    /// Memberwise.
    public init(type: String, tag: String, bytes: [UInt8]) {
        self.type = type
        self.tag = tag
        self.bytes = bytes
    }
}

/// A picture that GitHub has to be asked for.
public struct DueAvatar: Sendable, Hashable {
    /// Whose.
    public var login: AccountName
    /// A project with a build of theirs; an app asks in its owner's name.
    public var repository: RepositoryName
    /// Where the kept picture came from, and what that server calls this version of it; `nil` when there is none.
    public var known: AvatarVersion?
    /// How often asking failed in a row.
    public var failures: Int
}

/// A version of a picture on the server that it comes from.
public struct AvatarVersion: Sendable, Hashable {
    /// The picture's address.
    public var address: String
    /// The version's entity tag.
    public var etag: String

    /// Memberwise.
    public init(address: String, etag: String) {
        self.address = address
        self.etag = etag
    }
}

/// What asking for a picture came to.
public enum AvatarNews: Sendable, Hashable {
    /// There is a new one.
    case picture(AvatarPicture, AvatarVersion?)
    /// The one that is kept is still right.
    case unchanged
    /// The account has none, or one that is not shown.
    case nothing
    /// It could not be found out; what is kept stays.
    case failed
}
