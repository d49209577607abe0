import Foundation
import Model
import Store

/// One attempt of a job, for programs.
package struct JobDocument: Codable, Sendable {
    /// The hook.
    package var hook: String
    /// The hook's title when the job was made.
    package var title: String
    /// From 1; a rerun has the next number.
    package var attempt: Int
    /// As in `JobState`.
    package var state: String
    /// What it is doing, or was doing when it ended.
    package var phase: String?
    /// Why it is not a success, or why somebody asked for its end.
    package var reason: String?
    /// The build that it was cancelled for.
    package var supersededBy: Int?
    /// Of the script that ended it.
    package var exitCode: Int?
    /// The base image's reference.
    package var image: String
    /// The base image's digest, or its id.
    package var imageID: String?
    /// The name of its cached image.
    package var cacheKey: String?
    /// Whether the cached image was there already.
    package var cacheReused: Bool?
    /// When it was queued.
    package var createdAt: Date
    /// When it got a slot.
    package var startedAt: Date?
    /// When it ended.
    package var finishedAt: Date?
    /// Where it stands in the queue; absent when it does not.
    package var queue: Queue?
    /// The page for people.
    package var page: String?
    /// All attempts, oldest first; absent in lists.
    package var attempts: [Attempt]?
    /// When somebody deleted its log; absent while that is there.
    package var logDeletedAt: Date?
    /// Who did.
    package var logDeletedBy: String?
    /// What its time was spent on, in order; absent before it has a slot, when its log was deleted, and unless the job alone
    /// is asked for.
    package var times: [Part]?
    /// How many seconds the hook usually takes: the middle one of the latest jobs before it that ran and passed, nine at
    /// most. Absent without any, and unless the job alone is asked for.
    package var usualSeconds: Double?
    /// Jobs of other commits whose logs ended like that of this one, which failed; absent without any, and unless the job
    /// alone is asked for.
    package var similarFailures: SimilarFailuresDocument?

    /// A place in the queue.
    package struct Queue: Codable, Sendable {
        /// From 1; absent while it waits for its group or an approval.
        package var position: Int?
        /// The concurrency group that is full.
        package var fullGroup: String?
        /// True while it waits until somebody approves the commit; else absent.
        package var needsApproval: Bool?
    }

    /// A stretch of a job's time; without an end it goes on.
    package struct Part: Codable, Sendable {
        /// `prepare`, `pull`, `install` or `build`.
        package var kind: String
        /// When it began.
        package var startedAt: Date
        /// When it ended.
        package var finishedAt: Date?
    }

    /// One of several.
    package struct Attempt: Codable, Sendable {
        /// From 1.
        package var attempt: Int
        /// As in `JobState`.
        package var state: String
        /// When it got a slot.
        package var startedAt: Date?
        /// When it ended.
        package var finishedAt: Date?

        init(_ job: JobRecord) {
            (attempt, state, startedAt, finishedAt) = (job.attempt, job.state.rawValue, job.startedAt, job.finishedAt)
        }
    }

    /// - Parameters:
    ///   - buildPage: the build's page, if the server's address is known.
    ///   - place: in the queue.
    ///   - attempts: all of them.
    package init(
        _ job: JobRecord, buildPage: String?, place: QueuePlace? = nil, attempts: [JobRecord]? = nil
    ) {
        (hook, title, attempt, state) = (job.hook.description, job.title, job.attempt, job.state.rawValue)
        (phase, reason, exitCode) = (job.phase?.rawValue, job.reason ?? job.cancelReason, job.exitCode)
        supersededBy = job.successor
        (image, imageID) = (job.config.image, job.baseImageDigest ?? job.baseImageID)
        (cacheKey, cacheReused) = (job.cacheKey, job.cacheReused)
        (createdAt, startedAt, finishedAt) = (job.createdAt, job.startedAt, job.finishedAt)
        queue = place.map {
            Queue(position: $0.position, fullGroup: $0.fullGroup, needsApproval: $0.needsApproval ? true : nil)
        }
        page = buildPage.map { "\($0)/jobs/\(job.hook)" }
        (logDeletedAt, logDeletedBy) = (job.logDeletion?.at, job.logDeletion?.by)
        self.attempts = attempts.map { $0.map(Attempt.init) }
    }
}

/// What is running, and what waits, in the order in which slots would be given.
package struct QueueDocument: Codable, Sendable {
    /// A job with its build.
    package struct Entry: Codable, Sendable {
        /// The project.
        package var repository: String
        /// The build.
        package var build: Int
        /// The build's ref, as people say it.
        package var refName: String
        /// The job.
        package var job: JobDocument
    }

    /// Jobs that have a slot, the one that has had it longest first.
    package var running: [Entry]
    /// Jobs that wait.
    package var queued: [Entry]
}
