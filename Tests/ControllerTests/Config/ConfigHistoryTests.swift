import Foundation
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("Who wrote the settings", .timeLimit(.minutes(5)))
struct ConfigHistoryTests {
    private func history(_ admin: AdminFixture) -> ConfigHistory {
        ConfigHistory(mirror: admin.sync.mirror, store: admin.store, logger: Logger(label: "test"))
    }

    private func setting(_ admin: AdminFixture, _ project: String, _ path: String) async throws -> ExplainedValue {
        let name = try #require(RepositoryName("acme/\(project)"))
        let record = try #require(try await admin.store.project(name))
        let settings = try #require(try await admin.store.projectSettings(record.id))
        return try #require(settings.values.first { $0.path == path })
    }

    @Test("Each line's last commit is kept, for project files, defaults and scripts, and follows later commits")
    func follows() async throws {
        try await AdminFixture.with { admin in
            let script = AdminFixture.project("a", "tests").replacing("'#!/bin/sh'", with: "{file: test.sh}")
            try await admin.apply(
                [
                    "kozmic.yaml": "defaults:\n  timeout: 30m\n", "projects/a.yaml": script, "test.sh": "#!/bin/sh\n",
                    "projects/b.yaml": AdminFixture.project("b", "tests"), "README.md": "x",
                ], "First")
            try await history(admin).pass()
            #expect(try await setting(admin, "a", "hooks.tests.timeout").place?.change?.subject == "First")
            #expect(try await setting(admin, "a", "hooks.tests.build_script").script?.change?.subject == "First")
            #expect(try await setting(admin, "a", "hooks.tests.image").place?.change?.author == "Ada")
            let files = try await admin.store.knownConfigFiles()
            #expect(files.keys.sorted() == ["kozmic.yaml", "projects/a.yaml", "projects/b.yaml", "test.sh"])

            try await admin.apply(
                ["kozmic.yaml": "# Longer\ndefaults:\n  timeout: 45m\n", "test.sh": "#!/bin/bash\n"], "Second")
            try await history(admin).pass()
            let timeout = try await setting(admin, "b", "hooks.tests.timeout")
            #expect(timeout.value == "45m" && timeout.place?.line == 3 && timeout.place?.change?.subject == "Second")
            #expect(try await setting(admin, "a", "hooks.tests.build_script").script?.change?.subject == "Second")
            #expect(try await setting(admin, "a", "hooks.tests.image").place?.change?.subject == "First")

            // A file that is broken keeps the project's last good state, lines included.
            try await admin.apply(["projects/b.yaml": "repository: acme/b\nhooks: 3\n"], "Third")
            try await history(admin).pass()
            #expect(try await setting(admin, "b", "hooks.tests.timeout").value == "45m")
            try await admin.apply(["projects/b.yaml": nil], "Fourth")
            try await history(admin).pass()
            #expect(try await admin.store.knownConfigFiles()["projects/b.yaml"] == nil)
        }
    }

    @Test("The settings of many projects are kept, those of the last one and of a changed default too")
    func many() async throws {
        try await AdminFixture.with { admin in
            var files: [String: String?] = ["kozmic.yaml": "defaults:\n  timeout: 30m\n"]
            for number in 0..<45 { files["projects/p\(number).yaml"] = AdminFixture.project("p\(number)", "tests") }
            try await admin.apply(files)
            try await history(admin).pass()
            #expect(try await admin.store.knownConfigFiles().count == 46)
            try await admin.apply(["kozmic.yaml": "defaults:\n  timeout: 45m\n"])
            try await history(admin).pass()
            for number in 0..<45 {
                #expect(try await setting(admin, "p\(number)", "hooks.tests.timeout").value == "45m")
            }
        }
    }

    @Test("The stored diagnostics quote their lines, and those around them")
    func excerpts() async throws {
        try await AdminFixture.with { admin in
            try await admin.apply(["projects/a.yaml": "repository: acme/a\nhooks:\n\ttests: {}\n"])
            let text = try await admin.latest().diagnosticsJSON
            #expect(
                text.contains(#""excerpt":{"before":"hooks:","column":1,"text":" tests: {}"}"#), "\(text)")
            try await admin.apply(["projects/a.yaml": "repository: acme/a\nhooks:\n\ttests: {}\n\n# end\n"])
            #expect(try await admin.latest().diagnosticsJSON.contains(#""excerpt":{"after":"","before":"hooks:","#))
        }
    }
}
