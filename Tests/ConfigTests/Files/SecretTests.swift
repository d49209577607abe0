import Config
import Model
import Testing

@Suite("Sealed secrets in project files")
struct SecretTests {
    @Test("A secret that was sealed for another project or name is told at its line, without a key")
    func binding() throws {
        let lines = Admin.project(Admin.hook("secrets:\n  B: '\(try Admin.sealed("A"))'"))
        #expect(lines.filter { !$0.contains("warning: ") }.count == 1)
        #expect(
            lines.last
                == "7:10: this value was sealed for another project or another name; seal it for acme/widget and B")
        let copied = Admin.hook("secrets: {A: '\(try Admin.sealed("A"))'}").replacing(
            "acme/widget", with: "acme/gadget")
        #expect(Admin.project(copied).contains { $0.contains("sealed for another project") })
    }

    @Test("The secrets of valid files are given with their places, and a refused one holds its project back")
    func refusal() throws {
        let sealed = try Admin.sealed("A")
        let result = Admin.read([
            "projects/good.yaml": Admin.hook().replacing("acme/widget", with: "acme/good"),
            "projects/p.yaml": Admin.hook("secrets: {A: '\(sealed)'}"),
        ])
        let secret = try #require(result.secrets.first)
        #expect(result.secrets.count == 1 && secret.sealed == sealed && secret.name == "A")
        #expect((secret.path, secret.line, secret.column) == ("projects/p.yaml", 6, 18))
        #expect(result.refusing { _ in nil } == result)

        let refused = result.refusing { "no key opens \($0.name)" }
        #expect(refused.desired.projects.map(\.repository.description) == ["acme/good"])
        #expect(refused.desired.broken.map(\.description) == ["acme/widget"])
        #expect(refused.hasErrors && refused.secrets.isEmpty)
        #expect(refused.diagnostics.last?.description == "projects/p.yaml:6:18: error: no key opens A")
    }

    @Test("A file with a mistake offers no secrets")
    func broken() throws {
        let text = Admin.hook("secrets: {A: '\(try Admin.sealed("A"))'}\nimagee: x")
        #expect(Admin.read(["projects/p.yaml": text]).secrets.isEmpty)
    }
}
