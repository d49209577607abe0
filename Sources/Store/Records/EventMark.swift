/// How far the events of a project had come at some moment. What was wanted without an event stands behind these and before
/// all that happened later, whatever our clock says: it may be minutes before or after GitHub's.
public struct EventMark: Sendable, Hashable {
    /// When the latest event happened that wanted a build, in seconds since 1970 by GitHub's clock; 0 when there was none.
    public let eventAt: Int64
    /// The last build that was there.
    let buildID: Int64
}
