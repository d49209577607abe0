import Foundation
import Model
import Store

/// A build, for programs.
package struct BuildDocument: Codable, Sendable {
    /// The project.
    package var repository: String
    /// Its number in the project.
    package var number: Int
    /// As in `BuildState`.
    package var state: String
    /// The full name of the ref.
    package var ref: String
    /// As people say it: `main`, `v1.2`, `#17`.
    package var refName: String
    /// The commit.
    package var commit: String
    /// The commit's message, or a pull request's title and body.
    package var message: String
    /// The author's display name.
    package var author: String
    /// The GitHub login of whoever caused the event.
    package var sender: String?
    /// The kind of the event.
    package var trigger: String
    /// The pull request's number.
    package var pullRequest: Int?
    /// Whether its jobs may see secrets.
    package var trusted: Bool
    /// Whether a job waits until somebody approves the commit.
    package var awaitsApproval: Bool
    /// Who approved the commit.
    package var approvedBy: String?
    /// The commit of the admin repository whose hooks it runs.
    package var configCommit: String
    /// When it was made.
    package var createdAt: Date
    /// When its first job started.
    package var startedAt: Date?
    /// When its last job ended.
    package var finishedAt: Date?
    /// The page for people; absent when the server's address is not known.
    package var page: String?
    /// The latest attempt of each job; absent in lists.
    package var jobs: [JobDocument]?
    /// The build that it was cancelled for; absent in lists.
    package var supersededBy: Int?
    /// Since when the ref has been red; absent for what did not fail, and in lists.
    package var story: Story?
    /// The other builds of its commit, newest first, at most ten; absent in lists.
    package var siblings: [Sibling]?

    /// Another build of the same commit.
    package struct Sibling: Codable, Sendable {
        /// Its number in the project.
        package var number: Int
        /// As in `BuildState`.
        package var state: String
        /// The full name of the ref.
        package var ref: String
        /// As people say it.
        package var refName: String

        init(_ build: BuildRecord) {
            (number, state) = (build.number, build.state.rawValue)
            (ref, refName) = (build.ref.description, build.ref.shortName)
        }
    }

    /// When a ref became red.
    package struct Story: Codable, Sendable {
        /// The first one of the failed builds in a row.
        package var failingSince: Int
        /// The last one before them that passed.
        package var lastPassed: Int?

        init(_ story: BuildStory) { (failingSince, lastPassed) = (story.first.number, story.passed?.number) }
    }

    /// - Parameter externalURL: where the server is reached, if known.
    package init(_ build: BuildRecord, of repository: RepositoryName, externalURL: String?) {
        self.repository = repository.description
        (number, state, commit, message) = (build.number, build.state.rawValue, build.commit, build.message)
        (ref, refName) = (build.ref.description, build.ref.shortName)
        (author, sender, trigger) = (build.authorName, build.sender, build.trigger.rawValue)
        (pullRequest, trusted, configCommit) = (build.pullRequest, build.trusted, build.configCommit)
        (awaitsApproval, approvedBy) = (build.awaitsApproval, build.approvedBy)
        (createdAt, startedAt, finishedAt) = (build.createdAt, build.startedAt, build.finishedAt)
        page = externalURL.map { PageAddress(externalURL: $0, repository: repository).build(build.number) }
    }
}

/// A page of builds, newest first.
package struct BuildListDocument: Codable, Sendable {
    /// The builds.
    package var builds: [BuildDocument]
    /// What `after` takes to go on; absent on the last page.
    package var next: String?
}
