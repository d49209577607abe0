import Foundation
import Store

/// A browser that the caller is signed in with, for programs.
package struct SessionDocument: Codable, Sendable {
    /// When it signed in.
    package var createdAt: Date
    /// When it was last used, within some minutes.
    package var seenAt: Date
    /// Whether the request came from it.
    package var isCurrent: Bool

    init(_ session: SessionRecord, current: SessionRecord) {
        (createdAt, seenAt, isCurrent) = (session.createdAt, session.seenAt, session.hash == current.hash)
    }
}

/// The caller's sessions, newest first.
package struct SessionListDocument: Codable, Sendable {
    /// At most 200.
    package var sessions: [SessionDocument]
}
