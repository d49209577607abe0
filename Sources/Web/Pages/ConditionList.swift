import Hummingbird
import Model
import Store

/// The declared projects on the sync page: first what a person should look at, a page at a time. What is as declared
/// needs nobody, and there may be a thousand of it.
struct ConditionList {
    /// Those of this page, in their order.
    let shown: ArraySlice<ProjectStanding>

    private let all: [ProjectStanding]
    private let filter: String
    private let page: Int
    private let hasMore: Bool

    private static let pageLength = 100

    /// - Parameter all: by name.
    init(_ all: [ProjectStanding], _ request: Request) {
        self.all = all
        let query = request.uri.queryParameters
        // Forms write a space as `+`.
        filter = String(query["q"].map { String($0).replacing("+", with: " ") }?.prefix(200) ?? "")
        let key = filter.lowercased()
        let found = key.isEmpty ? all : all.filter { $0.name.lowercased().contains(key) }
        let last = max(1, (found.count + Self.pageLength - 1) / Self.pageLength)
        page = min(max(1, query["page"].flatMap { Int($0) } ?? 1), last)
        hasMore = page < last
        let ordered = (0..<Self.ranks).flatMap { rank in found.filter { Self.rank($0) == rank } }
        shown = ordered.dropFirst((page - 1) * Self.pageLength).prefix(Self.pageLength)
    }

    /// How many of all projects stand so.
    func count(_ status: ProjectCondition.Status) -> Int { all.count { $0.status == status } }

    /// - Parameters:
    ///   - projects: the rows of `shown`.
    ///   - heard: what was heard about them.
    func values(_ projects: [Int64: ProjectRecord], _ heard: [RepositoryName: LastHeard]) -> PageValues {
        let query = filter.isEmpty ? "" : "q=\(ProjectLinks.encode(filter))&"
        return [
            "hasProjects": !all.isEmpty, "filter": filter, "nothingFound": !all.isEmpty && shown.isEmpty,
            // Who sees all of them at once can look.
            "isLong": all.count > Self.pageLength, "counts": counts,
            "moreURL": hasMore ? "/_sync?\(query)page=\(page + 1)#projects" : nil,
            "projects": shown.compactMap { standing in
                projects[standing.id].map { Self.row($0, heard[$0.repository]) }
            },
        ]
    }

    private static func row(_ project: ProjectRecord, _ heard: LastHeard?) -> PageValues {
        [
            "condition": ConditionValues.make(project, saysWhy: true), "name": "\(project.repository)",
            "url": "\(ProjectLinks.url(project))/settings", "since": Moment.html(project.condition.since),
            "file": project.config.file, "heard": heard.map { HeardValues.make($0, project, saysWhat: true) },
        ]
    }

    private var counts: [PageValues] {
        let statuses: [ProjectCondition.Status] = [.stalled, .reconciling, .ready]
        return statuses.compactMap { status -> PageValues? in
            let number = count(status)
            guard number > 0 else { return nil }
            let mark = ConditionValues.mark(status)
            return ["state": mark, "count": Count.digits(number), "text": mark.word.lowercased()]
        }
    }

    private static let ranks = 4

    private static func rank(_ project: ProjectStanding) -> Int {
        switch project.status {
        case .stalled: 0
        case .reconciling: 1
        case .ready: project.isKept ? 2 : 3
        }
    }
}
