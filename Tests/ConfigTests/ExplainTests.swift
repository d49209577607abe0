import Model
import Testing

@testable import Config

@Suite("Every setting explains itself")
struct ExplainTests {
    private static let settings = """
        version: 1
        defaults:
          timeout: 30m
          resources: {cpus: 4}
        prune:
          max_fraction: 0.5
        """

    private static let project = """
        repository: acme/widget
        timeout: 40m
        permissions:
          collaborators: {hubot: push}
        hooks:
          tests:
            timeout: 20m
            image: debian:bookworm
            on:
              push: {tags: ['v*']}
            env:
              B: '1'
              A: "two words"
            secrets: {}
            build_script: {file: ./scripts//test.sh}
            tracked_files:
              - a
              - b

            # Belongs to the next hook.
          style:
            image: debian
            build_script: |
              #!/bin/sh
              true
        """

    private static let files = [
        "kozmic.yaml": settings, "projects/w.yaml": project, "scripts/test.sh": "#!/bin/sh\ntrue\n",
    ]

    private static func explainer(_ files: [String: String] = files) -> ConfigExplainer {
        ConfigExplainer(ConfigSource(files: files.mapValues { Array($0.utf8) }))
    }

    private func value(_ path: String) throws -> ExplainedValue {
        try #require(Self.explainer().projectValues(file: "projects/w.yaml").first { $0.path == path })
    }

    private func words(_ path: String) throws -> String {
        let value = try value(path)
        let own = "\(value.value ?? "-") \(value.level.rawValue)"
        return ([own] + value.overridden.map { "\($0.value) \($0.level.rawValue)" }).joined(separator: " < ")
    }

    @Test("The nearest level wins, and names what it won against")
    func inheritance() throws {
        #expect(Admin.read(Self.files).diagnostics.filter { $0.severity == .error } == [])
        #expect(try words("hooks.tests.timeout") == "20m hook < 40m project < 30m defaults < 60m built in")
        #expect(try words("hooks.style.timeout") == "40m project < 30m defaults < 60m built in")
        #expect(try words("timeout") == "40m project < 30m defaults < 60m built in")
        #expect(try words("hooks.tests.resources.cpus") == "4 defaults < 2 built in")
        #expect(try words("hooks.tests.resources.pids") == "2048 built in")
        #expect(try words("hooks.tests.title") == "tests built in")
        #expect(try words("permissions.collaborators.hubot") == "push project")
        #expect(try words("owner") == "- built in")
        #expect(try words("hooks.tests.env.A") == "'two words' hook" && words("hooks.tests.env.B") == "'1' hook")
    }

    @Test("Each has its lines")
    func places() throws {
        func place(_ path: String) throws -> String {
            let place = try value(path).place
            return place.map { "\($0.file):\($0.line):\($0.column)-\($0.lastLine)" } ?? "-"
        }
        #expect(try place("hooks.tests.timeout") == "projects/w.yaml:7:5-7")
        #expect(try place("hooks.style.timeout") == "projects/w.yaml:2:1-2")
        #expect(try place("hooks.tests.resources.cpus") == "kozmic.yaml:4:15-4")
        #expect(try place("hooks.tests.tracked_files") == "projects/w.yaml:16:5-18")
        #expect(try place("hooks.style.build_script") == "projects/w.yaml:23:5-25")
        #expect(try place("hooks.style.user") == "-")
        let script = try value("hooks.tests.build_script").script
        #expect(script == ConfigPlace(file: "scripts/test.sh", line: 1, lastLine: 2))
    }

    @Test("'on' says what it does not say too")
    func triggers() throws {
        #expect(try words("hooks.tests.on.push.tags") == "['v*'] hook < [] built in")
        #expect(try words("hooks.tests.on.push.branches") == "[] hook")
        #expect(try value("hooks.tests.on.push.branches").place?.line == 10)
        #expect(try words("hooks.tests.on.pull_request.branches") == "- hook")
        #expect(try value("hooks.tests.on.pull_request.branches").place?.line == 9)
        #expect(try words("hooks.style.on.pull_request.branches") == "['**'] built in")
    }

    @Test("The server's own settings and the defaults")
    func server() throws {
        let values = Self.explainer().serverValues()
        let lines = values.filter { $0.place != nil }.map { "\($0.path) \($0.value ?? "") \($0.place?.line ?? 0)" }
        #expect(
            lines == [
                "version 1 1", "defaults.timeout 30m 3", "defaults.resources.cpus 4 4", "prune.max_fraction 0.5 6",
            ])
        #expect(values.first { $0.path == "notify.email.on" }?.value == "[failure, error, fixed]")
        let mailed = Self.explainer([
            "kozmic.yaml": "notify: {email: {on: [error], to: [a@example.org]}}",
            "projects/w.yaml": "repository: acme/widget\nnotify: {email: {to: [b@example.org]}}\n",
        ]).projectValues(file: "projects/w.yaml")
        #expect(mailed.first { $0.path == "notify.email.on" }?.place?.file == "kozmic.yaml")
        #expect(mailed.first { $0.path == "notify.email.to" }?.value == "[b@example.org]")
    }

    @Test("What is built in is what the parser does when nobody says anything")
    func builtIn() throws {
        func lines(_ shape: Shape, indent: String) -> String {
            shape.keys.compactMap { key in
                if let inner = shape.inner(key), inner != .concurrency, inner != .mergeGroup {
                    return "\(indent)\(key):\n\(lines(inner, indent: indent + "  "))"
                }
                return BuiltIn.text(shape, key).map { "\(indent)\(key): \($0)\n" }
            }.joined()
        }
        let hook = "hooks:\n  tests:\n    image: debian\n    build_script: '#!/bin/sh'\n"
        let short = "repository: acme/widget\n\(hook)"
        let long =
            "repository: acme/widget\n" + lines(.project, indent: "") + lines(.settings, indent: "") + hook
            + lines(.hook, indent: "    ") + lines(.settings, indent: "    ")
        func read(_ server: String, _ project: String) -> DesiredState {
            var desired = Admin.read(["kozmic.yaml": server, "projects/p.yaml": project]).desired
            for project in desired.projects.indices {
                for hook in desired.projects[project].hooks.indices {
                    desired.projects[project].hooks[hook].origin = nil
                }
            }
            return desired
        }
        let desired = read(lines(.server, indent: ""), long.replacing("hooks:\nhooks:", with: "hooks:"))
        #expect(desired.projects.count == 1)
        #expect(desired == read("", short))
        let queue = "    on: {merge_group: {\(lines(.mergeGroup, indent: "").dropLast())}}\n"
        #expect(read("", short + queue) == read("", short + "    on: {merge_group: }\n"))
        let group = "    concurrency: {group: g\(lines(.concurrency, indent: ", ").replacing("\n", with: ""))}\n"
        #expect(read("", short + group) == read("", short + "    concurrency: {group: g}\n"))
    }
}
