import DockerEngine
import Git
import Model

/// Thrown by a step that ends the job early.
struct Ending: Error {
    let outcome: JobOutcome

    init(_ outcome: JobOutcome) { self.outcome = outcome }

    /// The script is not to blame.
    static func error(_ reason: String) -> Ending { Ending(JobOutcome(state: .error, reason: reason)) }

    /// The outcome that an error of a step stands for; `nil` for errors that the runner's caller has to see: those of
    /// the log and of the store.
    static func outcome(of error: any Error) -> JobOutcome? {
        switch error {
        case let ending as Ending: ending.outcome
        case let docker as DockerError:
            JobOutcome(state: .error, reason: "the Docker Engine: \(DiskFull.explained(docker.message))")
        case let git as GitError:
            JobOutcome(state: .error, reason: "git: \(DiskFull.explained(git.message))")
        case let tree as WorkTreeError:
            JobOutcome(state: .error, reason: "the work tree: \(DiskFull.explained(tree.description))")
        default: nil
        }
    }

    /// The words of an error that may be over a little later; `nil` for any other.
    static func passingTrouble(_ error: any Error) -> String? {
        switch error {
        case let docker as DockerError where docker.isTransient || docker.kind == .notFound || docker.kind == .conflict:
            "The Docker Engine: \(docker.message)"
        case let tree as WorkTreeError where !tree.isLasting: "The work tree: \(tree.description)"
        default: nil
        }
    }
}
