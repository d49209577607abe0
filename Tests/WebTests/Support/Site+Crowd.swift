import Model
import Store
import Testing

extension Site {
    /// 130 projects, `acme/p100` to `acme/p229`: of `p220` GitHub has nothing, `p150` is worked on, the file of `p190` has
    /// errors, all others are as declared.
    func fillCrowd(reason: String) async throws {
        let records = try await declare((100..<230).map { try Self.project("acme/p\($0)") })
        for (index, status) in [(50, ProjectCondition.Status.reconciling), (120, .stalled)] {
            try await store.setCondition(
                records[index].id, ProjectCondition(status: status, reason: reason, since: clock.now),
                configCommit: records[index].configCommit)
        }
        var desired = DesiredState(projects: records.map(\.config).filter { $0.repository != records[90].repository })
        desired.broken = [records[90].repository]
        try await store.applyConfig(
            desired,
            revision: ConfigRevision(commit: "c2", authorName: "Mona", committedAt: clock.now, message: "Oops"))
    }
}
