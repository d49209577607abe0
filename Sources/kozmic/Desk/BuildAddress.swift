import ArgumentParser
import Model

/// `OWNER/REPO#BUILD/HOOK`: one job of a build.
struct BuildAddress: ExpressibleByArgument {
    var repository: RepositoryName
    var number: Int
    var hook: HookID

    init?(argument: String) {
        let parts = argument.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, let repository = RepositoryName(String(parts[0])) else { return nil }
        let rest = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        guard rest.count == 2, let number = Int(rest[0]), number > 0, let hook = HookID(rest[1]) else { return nil }
        self.repository = repository
        self.number = number
        self.hook = hook
    }
}
