import Foundation
import Model
import Testing

@testable import Config

/// The schemas are for editors; the parser decides. Neither may know what the other does not.
@Suite("Schemas and parser say the same")
struct SchemaTests {
    @Test("The same keys in every mapping")
    func keys() throws {
        let (server, project) = (try SchemaFiles.schema("kozmic"), try SchemaFiles.schema("project"))
        let hook = try #require(project["$defs"]?["hook"])
        func inside(_ schema: JSON?, _ path: String...) -> JSON? {
            path.reduce(schema) { $0?["properties"]?[$1] }
        }
        let script = inside(hook, "build_script")?["anyOf"]?.elements.last
        let schemas: [Shape: [JSON?]] = [
            .server: [server], .settings: [inside(server, "defaults")],
            .resources: [server["$defs"]?["resources"], project["$defs"]?["resources"]],
            .prune: [inside(server, "prune")], .retention: [inside(server, "retention")],
            .notify: [inside(server, "notify")], .email: [inside(server, "notify", "email")], .project: [project],
            .permissions: [inside(project, "permissions")], .hook: [hook], .on: [inside(hook, "on")],
            .push: [inside(hook, "on", "push")], .pullRequest: [inside(hook, "on", "pull_request")],
            .mergeGroup: [inside(hook, "on", "merge_group")],
            .concurrency: [inside(hook, "concurrency")], .script: [script],
        ]
        for shape in Shape.allCases {
            for schema in try #require(schemas[shape]) {
                #expect(schema?["properties"].map { Set($0.members.keys) } == Set(shape.keys), "\(shape)")
                #expect(schema?["additionalProperties"] == .bool(false), "\(shape)")
            }
        }
        for key in SettingsKey.known {
            #expect(server["$defs"]?[key] == project["$defs"]?[key] && server["$defs"]?[key] != nil, "\(key)")
        }
    }

    @Test("The parser looks at every key: a value that fits nowhere is a mistake everywhere")
    func everyKeyIsRead() {
        func position(_ text: String) -> String {
            let before = text.prefix { $0 != "@" }.split(separator: "\n", omittingEmptySubsequences: false)
            return "\(before.count):\((before.last?.count ?? 0) + 1): "
        }
        func check(_ keys: [String], _ isProject: Bool, _ text: (String) -> String) {
            for key in keys {
                let text = text("\(key): @")
                // A list of lists is not the value of any key.
                let source = text.replacing("@", with: "[[]]")
                let found = isProject ? Admin.project(source) : Admin.settings(source)
                let place = position(text)
                let isRead = found.contains { line in
                    // Lists report the wrong element, one column further.
                    line.hasPrefix(place)
                        || line.hasPrefix(place.replacing(/:(\d+): $/) { ":\((Int($0.1) ?? 0) + 1): " })
                }
                #expect(isRead, "\(key) in \(found)")
            }
        }
        check(ServerKey.known, false) { $0 }
        check(SettingsKey.known, false) { "defaults: {\($0)}" }
        check(ResourcesKey.known, false) { "defaults: {resources: {\($0)}}" }
        check(PruneKey.known, false) { "prune: {\($0)}" }
        check(RetentionKey.known, false) { "retention: {\($0)}" }
        check(NotifyKey.known, false) { "notify: {\($0)}" }
        check(EmailKey.known, false) { "notify: {email: {\($0)}}" }
        check(ProjectKey.known, true) { $0 }
        check(PermissionsKey.known, true) { "permissions: {\($0)}" }
        check(HookKey.known, true) { "hooks: {a: {\($0)}}" }
        check(OnKey.known, true) { "hooks: {a: {on: {\($0)}}}" }
        check(PushKey.known, true) { "hooks: {a: {on: {push: {\($0)}}}}" }
        check(PullRequestKey.known, true) { "hooks: {a: {on: {pull_request: {\($0)}}}}" }
        check(MergeGroupKey.known, true) { "hooks: {a: {on: {merge_group: {\($0)}}}}" }
        check(ConcurrencyKey.known, true) { "hooks: {a: {concurrency: {\($0)}}}" }
        check(ScriptKey.known, true) { "hooks: {a: {build_script: {\($0)}}}" }
    }

    @Test("A file with a mistake fails both", arguments: try SchemaFiles.bad())
    func bad(file: SchemaFiles.Bad) throws {
        let path = file.name.hasPrefix("kozmic") ? "kozmic.yaml" : "projects/p.yaml"
        let words = file.announced.split(separator: " ", maxSplits: 1)
        let expected = "\(words.first ?? ""): \(words.last ?? "")"
        let found = Admin.read([path: file.text]).diagnostics.filter { $0.severity == .error }.map(Admin.short)
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found) lacks \(expected)")
        let problems = SchemaValidator(root: try SchemaFiles.schema(for: file.name)).problems(
            with: try SchemaFiles.instance(file.text))
        #expect(!problems.isEmpty, "the schema takes it")
        #expect(!problems.contains { $0.contains("unknown keyword") }, "\(problems)")
    }

    @Test("Enough kinds of mistakes are kept")
    func count() throws {
        #expect(try SchemaFiles.bad().count >= 25)
    }

    /// Good files: the examples, and one with every key.
    private func goodFiles() throws -> [(path: String, text: String)] {
        let full = try FullConfigTests.files()
        return try SchemaFiles.examples() + [
            ("kozmic.yaml", FullConfigTests.settings), ("widget.yaml", full["projects/acme/widget.yml"] ?? ""),
            ("kozmic.yaml", ""),
        ]
    }

    @Test("Good files pass the schemas")
    func good() throws {
        for (path, text) in try goodFiles() {
            let name = URL(filePath: path).lastPathComponent
            let problems = SchemaValidator(root: try SchemaFiles.schema(for: name)).problems(
                with: try SchemaFiles.instance(text))
            #expect(problems == [], "\(path)")
        }
    }

    @Test("Key by key, no value at all is as good as none")
    func nulls() throws {
        let project = try SchemaFiles.schema("project")
        for key in HookKey.known where !["image", "build_script"].contains(key) {
            let text = Admin.hook("\(key):")
            #expect(Admin.project(text) == [], "\(key)")
            #expect(SchemaValidator(root: project).problems(with: try SchemaFiles.instance(text)) == [], "\(key)")
        }
        for key in ProjectKey.known where !["repository", "hooks"].contains(key) {
            let text = Admin.hook(project: "\(key):\n")
            #expect(Admin.project(text) == [], "\(key)")
            #expect(SchemaValidator(root: project).problems(with: try SchemaFiles.instance(text)) == [], "\(key)")
        }
        for key in ServerKey.known {
            #expect(Admin.settings("\(key):\n") == [], "\(key)")
            let problems = SchemaValidator(root: try SchemaFiles.schema("kozmic")).problems(
                with: try SchemaFiles.instance("\(key):\n"))
            #expect(problems == [], "\(key)")
        }
    }

    @Test(
        "Python's jsonschema comes to the same verdicts",
        .enabled(if: PythonValidator.isPresent, "python3 has no jsonschema"))
    func python() throws {
        func makeCase(_ name: String, _ text: String, isGood: Bool) throws -> PythonValidator.Case {
            let file = URL(filePath: name).lastPathComponent
            let instance = try SchemaFiles.instance(text)
            return .init(name: name, schema: SchemaFiles.name(for: file), instance: instance, isGood: isGood)
        }
        let bad = try SchemaFiles.bad().map { try makeCase($0.name, $0.text, isGood: false) }
        let good = try goodFiles().map { try makeCase($0.path, $0.text, isGood: true) }
        #expect(try PythonValidator.disagreements(bad + good) == "")
    }
}
