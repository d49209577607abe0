import Foundation
import Model
import Store

/// A delivery, for programs: what it was, what was decided, and which line of YAML said so.
package struct DeliveryDocument: Codable, Sendable {
    /// Grows in the order of arrival.
    package var id: Int64
    /// GitHub's GUID; all webhooks of one event have the same.
    package var guid: String
    /// The repository in the request's address.
    package var repository: String
    /// The hook in the request's address; `_config` for the admin repository's.
    package var hook: String
    /// The event's name.
    package var event: String
    /// The payload's action.
    package var action: String?
    /// The full name of the ref.
    package var ref: String?
    /// The commit.
    package var commit: String?
    /// When it was stored.
    package var receivedAt: Date
    /// `received`, `done` or `failed`.
    package var state: String
    /// What was decided, or why nothing could be decided yet.
    package var decision: String?
    /// The number of the build that it made or joined.
    package var build: Int?
    /// The commit of the admin repository whose rules were asked; absent in lists.
    package var configCommit: String?
    /// One for each hook of the project; absent in lists.
    package var hooks: [DeliveryExplanation.Answer]?

    /// As it stands in a list.
    package init(_ delivery: DeliveryRecord) {
        (id, guid, repository) = (delivery.id, delivery.guid, delivery.repository.description)
        (hook, event, action) = (delivery.hook.description, delivery.event, delivery.action)
        (ref, receivedAt) = (delivery.ref?.description, delivery.receivedAt)
        (state, decision, build) = (delivery.state.rawValue, delivery.decision, delivery.buildNumber)
    }

    /// With its explanation.
    package init(_ item: ExplainedDelivery) {
        self.init(item.delivery)
        commit = item.explanation?.event.commit
        configCommit = item.explanation?.configCommit
        hooks = item.explanation?.hooks ?? []
    }
}

/// A page of deliveries, newest first.
package struct DeliveryListDocument: Codable, Sendable {
    /// The deliveries.
    package var deliveries: [DeliveryDocument]
    /// What `after` takes to go on; absent on the last page.
    package var next: String?
}

/// What came of a commit.
package struct CommitDocument: Codable, Sendable {
    /// The deliveries about it, oldest first; only for those who may see deliveries.
    package var deliveries: [DeliveryDocument]
    /// Its builds, oldest first.
    package var builds: [BuildDocument]

    /// Both may be empty.
    package init(deliveries: [DeliveryDocument], builds: [BuildDocument]) {
        self.deliveries = deliveries
        self.builds = builds
    }
}

extension BuildDocument {
    /// A build with its jobs.
    package init(_ item: ExplainedBuild, externalURL: String?) {
        self.init(item.build, of: item.repository, externalURL: externalURL)
        jobs = item.jobs.map { JobDocument($0, buildPage: page) }
    }
}
