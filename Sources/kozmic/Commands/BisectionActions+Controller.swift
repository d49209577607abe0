import Controller
import Web

extension BisectionActions {
    /// As the controller does it.
    init(_ bisections: Bisections) {
        self.init { subject in
            try await bisections.prospect(subject.job, of: subject.build, in: subject.project).map {
                Prospect(goodBuild: $0.goodBuild, good: $0.good, commits: $0.commits)
            }
        } start: { subject, login in
            try await bisections.start(subject.job, of: subject.build, in: subject.project, by: login)
        }
    }
}
