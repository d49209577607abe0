import Foundation
import Model

/// A webhook request whose signature was good, before it has a row.
public struct NewDelivery: Sendable {
    /// The repository in the request's address.
    public var repository: RepositoryName
    /// The hook in the request's address.
    public var hook: HookID
    /// GitHub's GUID; all webhooks of one event have the same.
    public var guid: String
    /// The event's name, such as `push`.
    public var event: String
    /// The JSON as it was sent.
    public var payload: [UInt8]

    /// Memberwise.
    public init(repository: RepositoryName, hook: HookID, guid: String, event: String, payload: [UInt8]) {
        self.repository = repository
        self.hook = hook
        self.guid = guid
        self.event = event
        self.payload = payload
    }
}

/// A row of `delivery`: one webhook request and what became of it.
public struct DeliveryRecord: Sendable, Hashable, Codable, Identifiable {
    /// What became of it.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Stored, not looked at yet.
        case received
        /// Looked at; `decision` says what was decided.
        case done
        /// Could not be understood; `decision` says why.
        case failed
    }

    /// Grows in the order of arrival.
    public var id: Int64
    /// The repository in the request's address.
    public var repository: RepositoryName
    /// The hook in the request's address.
    public var hook: HookID
    /// GitHub's GUID.
    public var guid: String
    /// The event's name.
    public var event: String
    /// When it was stored.
    public var receivedAt: Date
    /// What became of it.
    public var state: State
    /// What was decided, in one sentence; while nothing could be decided yet, why that is so.
    public var decision: String?
    /// The build it made or joined.
    public var buildNumber: Int?
    /// The payload's action, such as `opened`, once read.
    public var action: String?
    /// The ref it is about, once read.
    public var ref: GitRef?
    /// How often deciding failed.
    public var failures: Int = 0
}

/// A repository with deliveries that wait to be looked at.
public struct WaitingRepository: Sendable, Hashable {
    /// The name in the requests' address.
    public var repository: RepositoryName
    /// When the oldest of them is to be looked at.
    public var nextTryAt: Date
}

/// A delivery that waits to be looked at.
public struct PendingDelivery: Sendable {
    /// The row.
    public var delivery: DeliveryRecord
    /// The JSON as it was sent.
    public var payload: [UInt8]
}
