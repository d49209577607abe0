import Hummingbird
import Model
import Store
import Synchronization

/// `…/jobs/<hook>/log/sections`: what of a log folds, as lines.
///
/// ```
/// {"sections":[{"kind":"install","header":3,"last":120,"seconds":12.3,"isDone":true}],"ends":[]}
/// ```
/// Programs get the groups' names as they were written, without HTML.
struct LogSectionsEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var indexes: LogIndexes
    private let scans = GroupScans()

    init(store: Store, lookup: PageLookup, indexes: LogIndexes) {
        self.store = store
        self.lookup = lookup
        self.indexes = indexes
    }

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log/sections", and: JobAddress.api) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let scan = scans.scan(of: job.id)
            let sections = try await scan.sections(job, store.logs.reader(job.id), indexes.index(of: job.id))
            return APIGate.covers(request)
                ? JSONResponse.make(LogSectionsDocument(sections)) : JSONResponse.make(sections)
        }
    }
}

/// The groups of the logs that were looked at lately.
private final class GroupScans: Sendable {
    private static let limit = 128

    private struct State {
        var kept: [Int64: (scan: GroupScan, lastUse: Int)] = [:]
        var uses = 0
    }

    private let state = Mutex(State())

    func scan(of jobID: Int64) -> GroupScan {
        state.withLock { state in
            state.uses += 1
            let scan = state.kept[jobID]?.scan ?? GroupScan()
            if state.kept[jobID] == nil, state.kept.count >= Self.limit,
                let oldest = state.kept.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.kept[oldest.key] = nil
            }
            state.kept[jobID] = (scan, state.uses)
            return scan
        }
    }
}
