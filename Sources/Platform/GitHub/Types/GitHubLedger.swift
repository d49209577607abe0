import Foundation

/// Remembers over a restart when something was written to GitHub, so that several starts within an hour do not exceed
/// what GitHub takes in an hour.
public protocol GitHubLedger: Sendable {
    /// When the identity wrote, as far as it was remembered at the start; the last hour is enough.
    func writes(by identity: String) -> [Date]
    /// The identity is about to write. Returns when that is remembered; what goes wrong costs no more than exactness.
    func noteWrite(by identity: String, at date: Date) async
}
