import ArgumentParser
import Model

/// `OWNER/REPO#BUILD` or `OWNER/REPO#BUILD/HOOK`: a build, or one job of it.
struct BuildName: ExpressibleByArgument, CustomStringConvertible {
    var repository: RepositoryName
    var number: Int
    var hook: HookID?

    init?(argument: String) {
        if let job = BuildAddress(argument: argument) {
            (repository, number, hook) = (job.repository, job.number, job.hook)
            return
        }
        let parts = argument.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, let repository = RepositoryName(parts[0]), let number = Int(parts[1]), number > 0
        else { return nil }
        self.repository = repository
        self.number = number
    }

    var description: String { "\(repository)#\(number)" + (hook.map { "/\($0)" } ?? "") }

    /// Where the API has the build.
    var build: String { "projects/\(repository)/builds/\(number)" }

    /// Where the API has a job of it.
    func job(_ hook: String) -> String { "\(build)/jobs/\(hook)" }
}

/// A project's name as an argument.
struct ProjectName: ExpressibleByArgument {
    var repository: RepositoryName

    init?(argument: String) {
        guard let name = RepositoryName(argument) else { return nil }
        repository = name
    }
}
