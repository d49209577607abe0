import Hummingbird
import Model
import Store
import Synchronization

/// `…/jobs/<hook>/log/sections`: what of a log folds, as lines.
///
/// ```
/// {"sections":[{"kind":"install","header":3,"last":120,"seconds":12.3,"isDone":true}],"ends":[]}
/// ```
struct LogSectionsEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var indexes: LogIndexes
    private let kept = KeptSections()

    init(store: Store, lookup: PageLookup, indexes: LogIndexes) {
        self.store = store
        self.lookup = lookup
        self.indexes = indexes
    }

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/builds/{number}/jobs/{hook}/log/sections") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let log = store.logs.reader(job.id)
            let size = try await log.size()
            if job.state.isFinished, let sections = kept.find(job.id, size) { return JSONResponse.make(sections) }
            let sections = try await LogSections(job, log, indexes.index(of: job.id))
            if job.state.isFinished { kept.keep(sections, job.id, size) }
            return JSONResponse.make(sections)
        }
    }
}

/// The sections of finished logs that were looked at lately: to find them the whole log has to be read.
private final class KeptSections: Sendable {
    private static let limit = 128

    private let kept = Mutex<[Int64: (size: Int64, sections: LogSections)]>([:])

    func find(_ jobID: Int64, _ size: Int64) -> LogSections? {
        kept.withLock { kept in
            guard let found = kept[jobID], found.size == size else { return nil }
            return found.sections
        }
    }

    func keep(_ sections: LogSections, _ jobID: Int64, _ size: Int64) {
        kept.withLock { kept in
            if kept.count >= Self.limit, let some = kept.keys.first { kept[some] = nil }
            kept[jobID] = (size, sections)
        }
    }
}
