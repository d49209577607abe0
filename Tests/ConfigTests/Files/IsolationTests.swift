import Config
import Model
import Testing

@Suite("A mistake touches no more than its own project")
struct IsolationTests {
    private let good = Admin.hook().replacing("acme/widget", with: "acme/good")

    private func names(_ repositories: [RepositoryName]) -> [String] { repositories.map(\.description) }

    @Test("A broken project file keeps its project as it was")
    func project() {
        let result = Admin.read(["projects/good.yaml": good, "projects/bad.yaml": Admin.hook("imagee: x")])
        #expect(names(result.desired.projects.map(\.repository)) == ["acme/good"])
        #expect(names(result.desired.broken) == ["acme/widget"])
        #expect(!result.desired.hasUnreadableFile && result.hasErrors)
    }

    @Test("A syntax error after the repository's name is no reason to forget it")
    func syntax() {
        let result = Admin.read([
            "projects/good.yaml": good, "projects/bad.yaml": "repository: acme/widget\nhooks: [\n",
        ])
        #expect(names(result.desired.broken) == ["acme/widget"])
        #expect(names(result.desired.projects.map(\.repository)) == ["acme/good"])
        #expect(!result.desired.hasUnreadableFile)
    }

    @Test(
        "When the repository cannot be known, nothing may be removed",
        arguments: [
            "", "# all of it commented out\n", "hooks: {}\n", "repository: [a]\n", "repository: nonsense\n", "- a\n",
            "repository:\n", "a: [\n", "\u{0}", "repository: acme/one\nrepository: acme/two\nhooks: {}\n",
        ])
    func unknown(text: String) {
        let result = Admin.read(["projects/good.yaml": good, "projects/bad.yaml": text])
        #expect(result.desired.hasUnreadableFile && result.hasErrors)
        #expect(names(result.desired.projects.map(\.repository)) == ["acme/good"])
    }

    @Test("A project file that could not be read is not a project that is gone")
    func unreadable() {
        let result = Admin.read(["projects/good.yaml": good], unreadable: ["projects/big.yaml": "is larger than 1 MiB"])
        #expect(result.desired.hasUnreadableFile)
        #expect(
            result.diagnostics.map(\.description) == ["projects/big.yaml:1:1: error: the file is larger than 1 MiB"])
    }

    @Test("A broken kozmic.yaml applies nothing, and the project files are checked all the same")
    func settings() {
        let result = Admin.read([
            "kozmic.yaml": "defaults: {timeout: 1y}\n", "projects/good.yaml": good,
            "projects/bad.yaml": Admin.hook("imagee: x"),
        ])
        #expect(result.desired.projects.isEmpty)
        #expect(names(result.desired.broken) == ["acme/good", "acme/widget"])
        #expect(result.desired.hasUnreadableFile && result.desired.hasBrokenSettings)
        #expect(
            result.diagnostics.map(\.description) == [
                "kozmic.yaml:1:21: error: expected a duration such as 10s, 60m, 1h or 14d, found '1y'",
                "projects/bad.yaml:6:5: error: unknown key 'imagee'; did you mean 'image'?",
            ])
    }

    @Test("Two files for one repository are both held, and each names the other")
    func repetition() {
        let result = Admin.read([
            "projects/a.yaml": Admin.hook(),
            "projects/z/b.yml": "\n" + Admin.hook().replacing("acme/w", with: "ACME/W"),
            "projects/good.yaml": good,
        ])
        #expect(names(result.desired.projects.map(\.repository)) == ["acme/good"])
        #expect(result.desired.broken.count == 1)
        #expect(
            result.diagnostics.map(\.description) == [
                "projects/a.yaml:1:13: error: acme/widget is declared twice, also at projects/z/b.yml:2:13",
                "projects/z/b.yml:2:13: error: ACME/Widget is declared twice, also at projects/a.yaml:1:13",
            ])
    }

    @Test("Other files are nobody's business, but an empty repository is most likely the wrong one")
    func otherFiles() {
        let result = Admin.read([
            "projects/good.yaml": good, "README.md": "x", "a.yaml": "[", "projects/notes.txt": "[",
        ])
        #expect(result.diagnostics == [] && result.desired.projects.count == 1)
        let empty = Admin.read(["README.md": "x"])
        #expect(empty.hasErrors && empty.desired.hasUnreadableFile)
        let misnamed = Admin.read(["kozmic.yml": "version: 1\n", "projects/good.yaml": good])
        #expect(misnamed.hasErrors && misnamed.desired.projects.isEmpty)
        #expect(
            misnamed.diagnostics.map(\.description) == [
                "kozmic.yml:1:1: error: kozmic.yml is not read; call it kozmic.yaml"
            ])
    }
}
