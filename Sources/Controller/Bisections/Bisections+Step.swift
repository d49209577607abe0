import Git
import Logging
import Model
import Store

extension Bisections {
    /// Does what the verdicts ask for next. Nothing while a probe is open: its end wakes the next pass.
    func advance(_ report: BisectionReport) async throws {
        let record = report.record
        guard report.openProbe == nil else { return }
        guard let project = try await store.project(id: record.projectID), project.isActive,
            project.config.hook(record.hook) != nil
        else { return try await stop(record, "the hook \(record.hook) is no longer declared") }
        let last = report.probes.suffix(2)
        if last.count == 2, last.allSatisfy({ $0.state == .cancelled && !$0.isOvertaken }) {
            return try await stop(
                record, "two builds in a row were cancelled: #\(last.map { "\($0.build)" }.joined(separator: ", #"))")
        }
        switch report.search.step {
        case .probe(let commit): try await probe(commit, report, project)
        case .found(let commit): try await end(record, .found, culprits: [commit])
        case .narrowed(let commits): try await end(record, .narrowed, culprits: commits)
        case .elsewhere:
            try await end(
                record, .elsewhere,
                reason: "\(record.good.prefix(7)) passed in #\(record.goodBuild) and fails with the hook as it was in "
                    + "#\(report.badBuild): its configuration, its image or something outside changed, not the commits")
        case .unproven:
            try await stop(
                record,
                "\(record.good.prefix(7)), which passed in #\(record.goodBuild), could not be built with the hook as it was in "
                    + "#\(report.badBuild)")
        case .passes:
            try await stop(record, "\(record.bad.prefix(7)) passed when it was run again")
        }
    }

    private func probe(_ commit: String, _ report: BisectionReport, _ project: ProjectRecord) async throws {
        let (record, hook) = (report.record, report.bad.config)
        let main = project.defaultBranch.map(GitRef.branch)
        guard hook.mayOpenSecrets(on: record.ref, commit: commit, main: main) else {
            return try await stop(
                record, "a push to \(record.ref.shortName) no longer runs the hook, which has secrets")
        }
        guard let failed = try await store.build(id: report.bad.buildID) else { return }
        let mirror = await mirrors.mirror(project.repository)
        if await !mirror.contains(commit: record.bad) { try await mirrors.fetch(project.repository) }
        guard await mirror.contains(commit: record.bad) else {
            return try await stop(record, "\(project.repository) no longer has the commits")
        }
        guard try await mirror.resolve(record.ref.description) != nil else {
            return try await stop(record, "the branch \(record.ref.shortName) is gone")
        }
        let facts = try await mirror.commit(commit)
        let event = TriggerEvent(
            kind: .manual, ref: record.ref, commit: commit, message: String(facts.message.prefix(8000)),
            authorName: facts.author.name, authorEmail: facts.author.email, sender: record.startedBy)
        let pages = configuration.pages(project.repository)
        let build = NewBuild(
            projectID: project.id, event: event, hooks: [hook], trusted: true, configCommit: failed.configCommit,
            pageURL: { number, hook in pages.build(number, hook: hook) })
        // An open job of the commit that does other work comes first; its end wakes the next pass.
        guard let made = try await store.probe(record.id, build) else { return }
        log("a bisection builds a commit", record, ["number": "\(made.build)", "commit": "\(commit)"])
    }

    private func stop(_ record: BisectionRecord, _ reason: String) async throws {
        try await end(record, .stopped, reason: reason)
    }

    private func end(
        _ record: BisectionRecord, _ state: BisectionState, culprits: [String] = [], reason: String? = nil
    ) async throws {
        guard try await store.finishBisection(record.id, state, culprits: culprits, reason: reason) else { return }
        log(
            "a bisection ends", record,
            ["state": "\(state)", "culprits": "\(culprits.joined(separator: " "))", "reason": "\(reason ?? "-")"])
    }
}
