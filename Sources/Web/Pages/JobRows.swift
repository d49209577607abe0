import Foundation
import Model
import Store

/// The jobs on a build's page: state, timeline, and of what failed the end of the log.
struct JobRows {
    var build: BuildRecord
    /// The build's page.
    var url: String
    var logs: LogExcerpts
    /// Where the queued ones stand.
    var places: [Int64: QueuePlace]

    private static let tailLines = 20
    private static let tailBytes = 16 << 10

    func values(_ job: JobRecord) async throws -> PageValues {
        let page = "\(url)/jobs/\(job.hook)"
        let times = try await JobTimes(job, logs)
        return [
            "state": StateMark(job, of: build), "title": job.title, "hook": job.hook.description, "url": page,
            "duration": Moment.duration(job.startedAt, job.finishedAt),
            "isCached": job.cacheReused == true && job.state.isFinished,
            "attempt": job.attempt > 1 ? job.attempt : nil, "reason": Self.reason(job, places[job.id]),
            "sameURL": Self.sameURL(job, build: url),
            "timeline": timeline(times), "times": times.text, "tail": try await tail(job, page),
        ]
    }

    /// The job whose verdict it took over.
    ///
    /// - Parameter build: the page of the job's build.
    static func sameURL(_ job: JobRecord, build url: String) -> String? {
        guard job.state == .success, let verdict = job.reason.flatMap(ReusedVerdict.init(reason:)),
            let end = url.lastIndex(of: "/")
        else { return nil }
        return "\(url[...end])\(verdict.build)/jobs/\(job.hook)"
    }

    /// Why it is as it is.
    static func reason(_ job: JobRecord, _ place: QueuePlace?) -> String? {
        switch job.state {
        case .queued: waiting(place)
        case .running: job.cancelReason.map { "being stopped: \($0)" } ?? doing(job.phase)
        default: job.reason
        }
    }

    private static func waiting(_ place: QueuePlace?) -> String {
        if place?.needsApproval == true { return "waits for an approval" }
        if let group = place?.fullGroup { return "waits for the group \(group)" }
        guard let position = place?.position else { return "waits for a free slot" }
        return position == 1 ? "next in the queue" : "number \(position) in the queue"
    }

    private static func doing(_ phase: JobPhase?) -> String {
        switch phase {
        case .preparing, nil: "preparing"
        case .pulling: "pulling the image"
        case .installing: "running the install script"
        case .committing: "keeping the cached image"
        case .building: "running the build script"
        }
    }

    /// Bars on the build's time as SVG: the style sheet cannot know their places, and pages have no inline style.
    private func timeline(_ times: JobTimes) -> String? {
        let now = Date()
        guard let start = build.startedAt, !times.parts.isEmpty else { return nil }
        let end = max(build.finishedAt ?? now, times.parts.last?.end ?? now)
        let whole = max(end.timeIntervalSince(start), 0.001)
        func place(_ date: Date) -> Double { min(1000, max(0, date.timeIntervalSince(start) / whole * 1000)) }
        var svg = "<svg class=\"line\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
        for part in times.parts {
            let x = place(part.start)
            let width = max(3, place(part.end) - x)
            let left = String(format: "%.1f", min(x, 997))
            // What only prepares is lower, so that the parts differ by more than how strong their colour is.
            let height = part.kind == .build ? 10 : part.kind == .prepare ? 4 : 7
            svg +=
                "<rect class=\"\(part.kind.rawValue)\" x=\"\(left)\" width=\"\(String(format: "%.1f", width))\" y=\"\(10 - height)\" height=\"\(height)\"/>"
        }
        return svg + "</svg>"
    }

    private func tail(_ job: JobRecord, _ page: String) async throws -> String? {
        guard job.state == .failure || job.state == .error, job.logDeletion == nil else { return nil }
        let log = try await logs.end(of: job, limit: Self.tailBytes, lines: Self.tailLines)
        // A line of this attempt stays one when there are others.
        let rows = LogRows(log, linkedTo: "\(page)?attempt=\(job.attempt)")
        return rows.count == 0 ? nil : rows.html
    }
}
