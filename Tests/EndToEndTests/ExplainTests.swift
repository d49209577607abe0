import Foundation
import Testing

@testable import kozmic

/// `kozmic plan --explain` on a real work tree.
@Suite("Settings explain themselves")
struct ExplainTests {
    @Test("with place, author and what they won against, and what is not committed yet too")
    func explain() async throws {
        try await Scratch.with { folder in
            let script = "    build_script: {file: test.sh}\n"
            let project = "repository: acme/widget\nhooks:\n  tests:\n    image: debian\n\(script)    timeout: 20m\n"
            try Scratch.write(
                ["kozmic.yaml": "defaults: {timeout: 30m}\n", "projects/w.yaml": project, "test.sh": "#!/bin/sh\n"],
                in: folder)
            let git = "git -c user.name=Ada -c user.email=ada@example.org"
            try await Shell.script(
                "git init -q -b main . && \(git) add -A && \(git) commit -q -m 'Begin here'", in: folder)
            func explain(_ setting: String) async throws -> Shell.Result {
                try await Shell.result(
                    Program.kozmic, ["plan", folder, "--explain", "acme/widget", setting], withErrors: true)
            }
            let one = try await explain("hooks.tests.timeout")
            let lines = one.output.split(separator: "\n").map(String.init)
            #expect(one.status == 0 && lines.count == 5, "\(one.output)")
            #expect(lines.first == "hooks.tests.timeout: 20m")
            #expect(lines.contains("  projects/w.yaml:6:5 (the hook)"))
            #expect(lines.contains { $0.contains(" Ada, ") && $0.hasSuffix(": Begin here") })
            #expect(lines.contains("  instead of 30m, kozmic.yaml:1:12 (defaults)"))
            #expect(lines.last == "  instead of 60m, built in")

            try Scratch.write(["projects/w.yaml": project.replacing("20m", with: "25m")], in: folder)
            let changed = try await explain("hooks.tests.timeout")
            #expect(changed.output.contains("  not committed yet"))
            let near = try await explain("hooks.tests.timeuot")
            #expect(near.status == 1 && near.output.contains("did you mean 'hooks.tests.timeout'?"))
        }
    }
}
