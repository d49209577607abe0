import Model
import Store

/// Finds what a job's log is compared with.
struct ComparisonFinder: Sendable {
    /// Why there is nothing to compare, for people.
    struct Nothing: Error, Equatable {
        /// One sentence.
        var message: String
        /// What can be done about it, one sentence.
        var wayOut = "Another build can be named: ?with=12 in the address, --with 12 of kozmic log-diff."
    }

    /// The part of a log that one wants to know about: the one that the job got to. What an install script printed when
    /// it went well only stands in the way.
    enum Section: String, Sendable { case prepare, install, build }

    var store: Store

    /// The newest ones are looked at; the logs of some may have been deleted.
    private static let candidates = 20

    /// The newest job of the hook that passed before this one and whose log is there: on the same ref, or else on the
    /// default branch.
    ///
    /// - Parameter section: what is to be compared.
    /// - Throws: `Nothing`.
    func lastGreen(
        _ job: JobRecord, of build: BuildRecord, _ project: ProjectRecord, _ section: Section
    ) async throws -> PassedJob {
        var deletion: (PassedJob, LogDeletion)?
        var hasCached = false
        for ref in refs(build, project) {
            let passed = try await store.passedJobs(
                project.id, ref: ref, before: job, ofBuild: build.number, limit: Self.candidates)
            for candidate in passed {
                if let deleted = candidate.job.logDeletion {
                    deletion = deletion ?? (candidate, deleted)
                } else if section == .install, candidate.job.cacheReused == true {
                    hasCached = true
                } else if try await store.logs.reader(candidate.job.id).size() > 0 {
                    return candidate
                }
            }
        }
        if hasCached {
            throw Nothing(
                message: "The install script failed, and the builds before that passed had a cached image: "
                    + "none of their logs shows how it ran.")
        }
        if let (passed, deletion) = deletion {
            throw Nothing(
                message:
                    "The log of \(job.hook) in build #\(passed.build.number), the last one that passed, was deleted by "
                    + "\(deletion.by) on \(Moment.exact(deletion.at)), and there is none before it.")
        }
        let names = refs(build, project).map(\.shortName).joined(separator: " or ")
        throw Nothing(message: "No earlier build on \(names) is there in which \(job.hook) passed.")
    }

    /// The job of another build, the one that a person names: the attempt that passed, or else the last one.
    ///
    /// - Throws: 404; 410 when its log was deleted, or retention removed the build; `Nothing`.
    func named(
        _ number: Int, instead job: JobRecord, _ lookup: PageLookup, _ project: ProjectRecord
    ) async throws -> PassedJob {
        let build = try await lookup.build(number, of: project)
        let attempts = try await store.attempts(build.id, job.hook).filter { $0.id != job.id }
        guard let other = attempts.last(where: { $0.state == .success }) ?? attempts.last else {
            throw Nothing(message: "Build #\(number) has no other job of \(job.hook).")
        }
        if let deletion = other.logDeletion { throw PageLookup.gone(other, deletion) }
        guard try await store.logs.reader(other.id).size() > 0 else {
            throw Nothing(message: "\(job.hook) wrote no log in build #\(number).")
        }
        return PassedJob(job: other, build: build)
    }

    private func refs(_ build: BuildRecord, _ project: ProjectRecord) -> [GitRef] {
        [build.ref] + [project.mainRef].compactMap(\.self).filter { $0 != build.ref }
    }

    /// What of a job's log is compared.
    static func section(_ job: JobRecord, _ parts: [LogPart]) -> Section {
        if let section = section(job.phase) { return section }
        if parts.contains(where: { $0.section == 2 }) { return .build }
        return parts.contains { $0.section == 1 } ? .install : .prepare
    }

    /// The same, where the phase in which the job ended is enough to tell.
    static func section(_ phase: JobPhase?) -> Section? {
        switch phase {
        case .building: .build
        case .installing, .committing: .install
        case .preparing, .pulling, nil: nil
        }
    }

    /// Where it is in a log of that many bytes; what comes before the scripts is the controller's.
    static func range(_ section: Section, _ parts: [LogPart], size: Int64) -> Range<Int64> {
        func span(_ number: UInt8) -> Range<Int64> {
            guard let first = parts.first(where: { $0.section == number }),
                let last = parts.last(where: { $0.section == number })
            else { return 0..<0 }
            // Of a log that was written in millions of pieces only the first ones are known.
            return first.start..<max(first.start, parts.last?.section == number ? size : last.end)
        }
        return switch section {
        case .build: span(2)
        case .install: span(1)
        case .prepare: 0..<(parts.first { $0.section != 0 }?.start ?? size)
        }
    }
}
