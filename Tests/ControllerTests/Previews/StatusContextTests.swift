import Model
import Testing

@testable import Controller

@Suite("The statuses that a project's builds report")
struct StatusContextTests {
    @Test("a hook's own mode counts: no hook that says build or both, no status of the build")
    func modes() throws {
        func contexts(_ modes: [String: HookSettings.StatusMode]) throws -> [String] {
            let hooks = try modes.map { id, mode in
                var hook = Hook(id: try #require(HookID(id)), image: "debian", buildScript: "#!/bin/sh\n")
                hook.settings.status = mode
                return hook
            }
            return Project(repository: try #require(RepositoryName("acme/widget")), hooks: hooks).statusContexts
        }
        #expect(try contexts(["a": .jobs, "b": .build]) == ["Kozmic CI", "Kozmic CI / a"])
        #expect(try contexts(["a": .both, "b": .jobs]) == ["Kozmic CI", "Kozmic CI / a", "Kozmic CI / b"])
        #expect(try contexts(["a": .jobs, "b": .jobs]) == ["Kozmic CI / a", "Kozmic CI / b"])
        #expect(try contexts([:]) == [])
    }
}
