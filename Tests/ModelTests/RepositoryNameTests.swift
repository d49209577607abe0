import Model
import SeededRandom
import Testing

@Suite("Names of repositories")
struct RepositoryNameTests {
    @Test(
        "what GitHub accepts is accepted",
        arguments: ["acme/widget", "A/b", "a-b/c.d_e-f", "emu_co/x", "acme/.github", "acme/git", "acme/a.gitx"])
    func accepted(text: String) throws {
        #expect(try #require(RepositoryName(text)).description == text)
        #expect(RepositoryName(text[...]) == RepositoryName(text))
    }

    @Test(
        "anything else is not",
        arguments: [
            "", "/", "acme", "acme/", "/widget", "acme/widget/", "acme//widget", "acme/wid get", "acme/.", "acme/..",
            "-acme/widget", "_acme/widget", "ac.me/widget", "acme/widget.git", "acme/widget.GiT", "acme/wídget",
            "acme/wid\0get",
            String(repeating: "a", count: 40) + "/b", "a/" + String(repeating: "b", count: 101),
        ])
    func refused(text: String) { #expect(RepositoryName(text) == nil) }

    @Test("two names are the same, and hash alike, exactly when their keys are the same")
    func equality() {
        var generator = SeededGenerator(seed: 20)
        let letters = Array("aAbB-_.")
        func text(_ most: Int) -> String {
            String(
                (0..<Int.random(in: 1...most, using: &generator)).compactMap { _ in
                    letters.randomElement(using: &generator)
                })
        }
        var names: Set<RepositoryName> = []
        var keys: Set<String> = []
        for _ in 0..<3000 {
            guard let name = RepositoryName("\(text(3))/\(text(10))") else { continue }
            #expect(names.contains(name) == keys.contains(name.key))
            names.insert(name)
            keys.insert(name.key)
        }
        #expect(names.count == keys.count && names.count > 500)
        #expect(names.sorted().map(\.key) == keys.sorted())
    }
}
