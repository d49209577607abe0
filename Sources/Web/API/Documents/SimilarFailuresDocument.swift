import Foundation
import Model
import Store

/// The jobs of a project whose logs ended like that of a job that failed, for programs.
package struct SimilarFailuresDocument: Codable, Sendable {
    /// How many there are.
    package var count: Int
    /// Whether there may be more: 1,000 attempts are looked at, the newest ones.
    package var hasMore: Bool
    /// When the first one of them ended; absent when there may be more before it.
    package var firstAt: Date?
    /// The newest ones, these first; five at most.
    package var latest: [Job]
    /// The newest one on the default branch in an earlier build; absent without one.
    package var onDefaultBranch: Job?

    /// One of them.
    package struct Job: Codable, Sendable {
        /// Its build.
        package var build: Int
        /// Its hook.
        package var hook: String
        /// Its attempt, from 1.
        package var attempt: Int
        /// The build's ref.
        package var ref: String
        /// The ref, as people say it.
        package var refName: String
        /// When it ended.
        package var finishedAt: Date
        /// The page for people.
        package var page: String

        init(_ job: SimilarFailures.Job, _ address: PageAddress) {
            (build, hook, attempt, finishedAt) = (job.build, job.hook.description, job.attempt, job.endedAt)
            (ref, refName) = (job.ref.description, job.ref.shortName)
            page = "\(address.build(job.build, hook: job.hook))?attempt=\(job.attempt)"
        }
    }

    init(_ similar: SimilarFailures, _ address: PageAddress) {
        (count, hasMore, firstAt) = (similar.count, similar.hasMore, similar.firstAt)
        latest = similar.latest.map { Job($0, address) }
        onDefaultBranch = similar.onDefaultBranch.map { Job($0, address) }
    }
}
