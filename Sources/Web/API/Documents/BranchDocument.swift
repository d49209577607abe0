import Foundation
import Model
import Store

/// A branch or a tag that the repository still has, for programs.
package struct BranchDocument: Codable, Sendable {
    /// The full name of the ref.
    package var ref: String
    /// As people say it.
    package var refName: String
    /// Whether it is the default branch.
    package var isDefault: Bool
    /// Its newest build.
    package var latestBuild: BuildDocument
    /// How it is: another thing than its newest build came to where that one skipped what failed before.
    package var standing: StandingDocument

    init(_ latest: BuildRecord, of project: ProjectRecord, externalURL: String) {
        (ref, refName, isDefault) = (latest.ref.description, latest.ref.shortName, latest.ref == project.mainRef)
        latestBuild = BuildDocument(latest, of: project.repository, externalURL: externalURL)
        standing = StandingDocument(latest.standing)
    }
}

/// A page of branches and tags, the one with the newest build first.
package struct BranchListDocument: Codable, Sendable {
    /// The branches and tags.
    package var branches: [BranchDocument]
    /// Since when the default branch has been red; absent when it is not.
    package var mainStory: BuildDocument.Story?
    /// What `after` takes to go on; absent on the last page.
    package var next: String?
}

/// A pull request that is open, for programs.
package struct PullRequestDocument: Codable, Sendable {
    /// Its number on GitHub.
    package var number: Int
    /// Its title.
    package var title: String
    /// The GitHub login of who opened it.
    package var author: String
    /// The branch that it is for.
    package var base: String?
    /// The full name of the ref that is built.
    package var ref: String
    /// When the first event about it came.
    package var openedAt: Date
    /// Its page on GitHub.
    package var page: String
    /// The newest build of what it asks to merge.
    package var latestBuild: BuildDocument?
    /// How it is, as of a branch; absent when it was never built.
    package var standing: StandingDocument?

    init(_ pull: PullRequestOverview, of project: ProjectRecord, _ configuration: WebConfiguration) {
        (number, title, author, base) = (pull.number, pull.title, pull.author, pull.base)
        (ref, openedAt) = (pull.ref.description, pull.openedAt)
        page = "\(configuration.gitHubURL)/\(project.repository)/pull/\(pull.number)"
        latestBuild = pull.latest.map {
            BuildDocument($0, of: project.repository, externalURL: configuration.externalURL)
        }
        standing = (pull.latest?.standing).map(StandingDocument.init)
    }
}

/// A page of open pull requests, newest first.
package struct PullRequestListDocument: Codable, Sendable {
    /// The pull requests.
    package var pullRequests: [PullRequestDocument]
    /// What `after` takes to go on; absent on the last page.
    package var next: String?
}
