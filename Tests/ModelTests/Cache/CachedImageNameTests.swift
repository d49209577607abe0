import Model
import Testing

@Suite("Names of cached images")
struct CachedImageNameTests {
    private func name(_ repository: String, _ hook: String, trusted: Bool = true) throws -> String {
        CachedImageName.repositoryPart(
            try #require(RepositoryName(repository)), try #require(HookID(hook)), trusted: trusted)
    }

    @Test("Lower case, and apart for untrusted refs")
    func plain() throws {
        #expect(try name("Acme/My.Widget_2", "unit-tests") == "kozmic-cache/acme/my.widget_2/unit-tests")
        #expect(try name("acme/widget", "a", trusted: false) == "kozmic-cache-untrusted/acme/widget/a")
    }

    /// Docker's grammar for a component of a name.
    private func isDockerName(_ name: String) -> Bool {
        name.wholeMatch(of: /[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*/) != nil
    }

    @Test("Names that Docker refuses get one that it takes, different for each")
    func escaped() throws {
        let names = try [
            name("acme/.github", "a"), name("acme/-github", "a"), name("acme/github", "a"), name("acme/a..b", "a"),
            name("acme/a___b", "a"), name("acme/a._b", "a"), name("acme/a__b", "a"), name("acme/_", "a"),
            name("acme-/a", "a"), name("acme/a", "a-"), name("acme/a", "a--b"), name("acme/...", "a"),
        ]
        #expect(Set(names).count == names.count)
        for name in names { #expect(isDockerName(name), "\(name)") }
        #expect(names[0] == "kozmic-cache/acme/github__bdcc6a2a85f6/a")
    }
}
