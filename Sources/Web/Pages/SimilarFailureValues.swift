import Model
import Store

/// That jobs failed like this one before, for the page and for programs.
struct SimilarFailureValues {
    var similar: SimilarFailures
    var hook: HookID
    var project: ProjectRecord

    /// `nil` when there are none.
    init?(_ store: Store, _ job: JobRecord, _ project: ProjectRecord) async throws {
        guard job.state == .failure, job.logDeletion == nil, let similar = try await store.similarFailures(job.id),
            similar.count > 0
        else { return nil }
        (self.similar, hook, self.project) = (similar, job.hook, project)
    }

    var values: PageValues {
        [
            "opening": similar.opening, "isAlone": similar.isAlone, "first": Moment.html(similar.firstAt),
            "jobs": similar.latest.enumerated().map { place, job -> PageValues in
                [
                    "comma": place > 0, "name": job.name(beside: hook), "url": url(job), "ref": job.ref.shortName,
                ]
            },
            "isLong": similar.isLong, "hint": similar.hint,
        ]
    }

    private func url(_ job: SimilarFailures.Job) -> String {
        "\(ProjectLinks.url(project, build: job.build))/jobs/\(job.hook)?attempt=\(job.attempt)"
    }
}
