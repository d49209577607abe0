import HTTPTypes
import Hummingbird
import Model
import Store

/// `…/jobs/<hook>/log/compare`: what a job's log has that the last green one had not, as a page and for programs; `?with=7`
/// compares with build 7 instead. Who may read the log may read this.
///
/// Few comparisons run at once: each takes a processor for a second where logs are long, and some memory.
struct LogComparisonEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var indexes: LogIndexes
    var admission: Admission
    var page: LogComparisonPage
    let limits: LogComparer.Limits
    private let slots = SearchSlots(count: 2)

    init(
        store: Store, lookup: PageLookup, indexes: LogIndexes, admission: Admission, page: LogComparisonPage,
        limits: LogComparer.Limits = LogComparer.Limits()
    ) {
        self.store = store
        self.lookup = lookup
        self.indexes = indexes
        self.admission = admission
        self.page = page
        self.limits = limits
    }

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log/compare", and: JobAddress.api, admission) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let subject = LogComparisonPage.Subject(project: project, build: build, job: job)
            do {
                let caller = admission.caller(request, context)
                let found = try await slots.run(for: caller) { try await compare(subject, with: number(request)) }
                guard APIGate.covers(request) else {
                    return try await page.response(subject, found, for: context.viewer)
                }
                return JSONResponse.make(page.document(subject, found))
            } catch let nothing as ComparisonFinder.Nothing {
                guard APIGate.covers(request) else {
                    return try await page.response(subject, nothing, for: context.viewer)
                }
                throw APIProblem(.notFound, "nothing_to_compare", nothing.message, wayOut: nothing.wayOut)
            } catch let problem as APIProblem where !APIGate.covers(request) {
                return await page.response(subject, problem, for: context.viewer)
            }
        }
    }

    /// The build of `?with=`.
    private func number(_ request: Request) throws -> Int? {
        guard let text = request.uri.queryParameters["with"] else { return nil }
        guard let number = Int(text) else { throw PageLookup.noNumber(text) }
        return number
    }

    private func compare(
        _ subject: LogComparisonPage.Subject, with number: Int?
    ) async throws -> LogComparisonPage.Found {
        let job = subject.job
        let log = store.logs.reader(job.id)
        guard try await log.size() > 0 else {
            throw ComparisonFinder.Nothing(
                message: "\(job.hook) wrote no log in build #\(subject.build.number).",
                wayOut: "Its page says what became of it.")
        }
        let parts = try await log.parts()
        let section = ComparisonFinder.section(job, parts)
        let finder = ComparisonFinder(store: store)
        let other =
            if let number {
                try await finder.named(number, instead: job, lookup, subject.project)
            } else { try await finder.lastGreen(job, of: subject.build, subject.project, section) }
        let otherLog = store.logs.reader(other.job.id)
        let otherParts = try await otherLog.parts()
        // One that ran may have had nothing to say; one that did not is nothing to compare with.
        let ran = other.job.cacheReused == false || otherParts.contains { $0.section == 1 }
        guard section != .install || ran else {
            throw ComparisonFinder.Nothing(
                message: "The install script of \(job.hook) did not run in build #\(other.build.number).")
        }
        let old = try await side(other.job, otherLog, section, otherParts)
        let new = try await side(job, log, section, parts)
        return LogComparisonPage.Found(
            other: other, section: section, isNamed: number != nil,
            comparison: try await LogComparer(old: old, new: new, limits: limits).compare())
    }

    private func side(
        _ job: JobRecord, _ log: LogReader, _ section: ComparisonFinder.Section, _ parts: [LogPart]
    ) async throws -> LogComparer.Side {
        let index = indexes.index(of: job.id)
        let size = try await index.update().size
        return LogComparer.Side(
            log: log, index: index, range: ComparisonFinder.range(section, parts, size: size).clamped(to: 0..<size))
    }
}
