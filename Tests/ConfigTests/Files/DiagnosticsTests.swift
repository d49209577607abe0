import Config
import Model
import Testing

@Suite("Diagnostics say what is wrong, where, and all at once")
struct DiagnosticsTests {
    @Test("Many mistakes in one file, in the order of the file")
    func allAtOnce() {
        let text = """
            repositroy: acme/widget
            image: debian
            repository: https://github.com/acme/widget
            timeout: 60
            status: builds
            permissions: {collaborators: {'@hubot': push, mona: write}, teams: {acme/core: push}}
            hooks:
              Tests:
                image: Debian
                build_script: scripts/test.sh
                on: {push: {branches: main}, pull_request: {tags: [x]}}
              unit:
                title: 2024
                tracked_files: [../secret, 5]
                env: {1A: x, B: , C: [1]}
                secrets: {TOKEN: hunter2}
                resources: {memory: 2GB, cpu: 2}
                sudo: yes
                retries: 3
              unit: {}
            """
        #expect(
            Admin.project(text) == [
                "1:1: unknown key 'repositroy'; did you mean 'repository'?",
                "2:1: unknown key 'image'; it belongs into a hook",
                "3:13: expected a repository such as acme/widget, found 'https://github.com/acme/widget'; "
                    + "only owner/name, not the whole address",
                "4:10: expected a duration such as 10s, 60m, 1h or 14d, found a number",
                "5:9: expected build, jobs or both, found 'builds'; did you mean 'build'?",
                "6:31: '@hubot' is not a GitHub login; write it without @",
                "6:53: expected pull, triage, push, maintain or admin, found 'write'; did you mean 'push'?",
                "6:69: 'acme/core' is not a team's slug: lower-case letters, digits, - and _, without the organization",
                "8:3: 'Tests' is not a hook's id: lower-case letters, digits and hyphens, at most 64, "
                    + "not beginning with a hyphen",
                "9:12: 'Debian' is not an image's name: names of images are lower case",
                "10:19: a script begins with #! and its interpreter, such as #!/bin/bash; "
                    + "a file is written {file: path}",
                "11:27: expected a list of texts, found a text",
                "11:49: unknown key 'tags'",
                "12:3: the hook 'unit' lacks 'build_script'",
                "12:3: the hook 'unit' lacks 'image'",
                "13:12: expected a text, found a number; put it in quotes",
                "14:21: '../secret' leaves the repository; paths are relative to its root",
                "14:32: expected a path, found a number; put it in quotes",
                "15:11: '1A' is not a variable's name: letters, digits and _, not beginning with a digit",
                "15:21: expected a text, found nothing; write '' for an empty text",
                "15:26: expected a text, found a list",
                "16:22: not a sealed value; make one with 'kozmic secret seal', it begins with sealed:v1:",
                "17:25: expected a size such as 512MiB or 2GiB, found '2GB'",
                "17:30: unknown key 'cpu'; did you mean 'cpus'?",
                "18:11: expected true or false, found a text; write true",
                "19:5: unknown key 'retries'",
                "20:3: duplicate key 'unit', first at line 12",
            ])
    }

    @Test("In kozmic.yaml")
    func settings() {
        let text = """
            version: 2
            default: {}
            hooks: {}
            prune: {max_fraction: 1.5}
            retention: {days: 0, builds: many, keep_last_success: 1}
            notify: {email: {on: [failed]}}
            allowed_images: debian
            allowed_signers: ['-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh-ed25519 x']
            """
        #expect(
            Admin.settings(text).filter { !$0.contains("warning") } == [
                "1:10: version 2 is not known here; this Kozmic reads version 1",
                "2:1: unknown key 'default'; did you mean 'defaults'?",
                "3:1: unknown key 'hooks'; it belongs into a project",
                "4:23: expected a number from 0 to 1, found '1.5'",
                "5:19: expected a whole number from 1 to 36500, found '0'",
                "5:30: expected a whole number, found a text",
                "5:55: expected true or false, found a number",
                "6:23: expected failure, error or fixed, found 'failed'",
                "7:17: expected a list of texts, found a text",
                "8:19: a private key: never put one here, and replace it",
                "8:58: not a public SSH key such as 'ssh-ed25519 AAAA…'",
            ])
    }

    @Test("More than 20 hooks for one event")
    func tooManyHooks() {
        func text(_ count: Int) -> String {
            let hook = "image: debian, build_script: '#!/bin/sh'"
            let pushes = (1...count).map { "  push-\($0): {\(hook), on: {push: }}\n" }
            let others = (1...20).map { "  other-\($0): {\(hook), on: {pull_request: }}\n" }
            return "repository: acme/widget\nhooks:\n" + (pushes + others).joined()
        }
        #expect(Admin.project(text(20)) == [])
        #expect(Admin.project(text(21)) == ["23:3: more than 20 hooks for the event 'push'; GitHub takes no more"])
    }

    @Test("Hooks with only a schedule count for an event that nobody wrote, and the message says so")
    func tooManySchedules() {
        let hooks = (1...21).map {
            "  nightly-\($0): {image: debian, build_script: '#!/bin/sh', on: {schedule: '0 4 * * *'}}\n"
        }
        #expect(
            Admin.project("repository: acme/widget\nhooks:\n" + hooks.joined()) == [
                "23:3: more than 20 hooks for the event 'push', which a hook with only a schedule has too; "
                    + "GitHub takes no more"
            ])
    }

    @Test("What a mistake hides is not said to be missing")
    func hidden() {
        let open = Admin.project("owner: mona\nhooks: [\nrepository: acme/widget\n")
        #expect(open.count == 2 && open.allSatisfy { !$0.contains("lacks") })
        let inHook = Admin.project("repository: acme/widget\nhooks:\n  tests:\n    image: debian\n\tbuild_script: x\n")
        #expect(inHook.map { $0.prefix(2) } == ["5:"])
        // A mistake that hides nothing.
        #expect(Admin.project("owner: mona\nowner: mona\n").contains("1:1: the project lacks 'repository'"))
    }

    @Test("A setting at the top of kozmic.yaml belongs under 'defaults'")
    func settingAtTheTop() {
        #expect(Admin.settings("timeout: 5m\n").first == "1:1: unknown key 'timeout'; it belongs into 'defaults'")
        #expect(Admin.settings("image: debian\n").first == "1:1: unknown key 'image'; it belongs into a hook")
    }

    @Test("Only allowed images")
    func allowedImages() {
        func check(_ image: String, _ globs: String) -> [String] {
            Admin.project(
                Admin.hook().replacing("image: debian", with: "image: '\(image)'"),
                settings: "allowed_images: \(globs)\n")
        }
        #expect(check("kozmic/debian:bookworm", "[kozmic/*]") == [])
        #expect(check("debian", "['debian:latest']") == [] && check("debian:latest", "[debian]") == [])
        #expect(
            check("evil/debian:bookworm", "[kozmic/*, debian]") == [
                "4:12: the image 'evil/debian:bookworm' is not in allowed_images of kozmic.yaml"
            ])
        #expect(check("registry.example.org/kozmic/a", "[kozmic/*]").count == 1)
        #expect(check("kozmic/a/b", "[kozmic/*]").count == 1)
    }

    @Test("Hints that save a visit to the documentation")
    func hints() throws {
        #expect(
            Admin.project("repository: acme/widget\n") == ["1:1: warning: the project has no hooks, so nothing runs"])
        #expect(
            Admin.project(Admin.hook("on: {}")) == [
                "6:5: 'on' names no event; leave it out to run for every push and pull request"
            ])
        #expect(
            Admin.project(Admin.hook("tracked_files: [a]")) == [
                "6:5: warning: tracked_files have no effect without an install_script"
            ])
        #expect(
            Admin.project(Admin.hook("on: {push: {branches: [refs/heads/main]}}")) == [
                "6:28: 'refs/heads/main': write the name without refs/heads/"
            ])
        #expect(
            try Admin.project(Admin.hook("env: {A: x}\nsecrets: {A: '\(Admin.sealed("A"))'}")).first
                == "7:5: 'A' is in env and in secrets")
        #expect(Admin.project("- a\n") == ["1:1: expected a mapping, found a list"])
    }

    @Test("Patterns of paths have the one form that can match, and letters that look like more are told")
    func paths() throws {
        let text = Admin.hook("paths: [./src/**, docs/, src//x, lib]")
        let result = Admin.read(["projects/p.yaml": text])
        #expect(result.diagnostics.isEmpty)
        let hook = try #require(result.desired.projects.first?.hooks.first)
        #expect(hook.paths == ["src/**", "docs/**", "src/x", "lib"])
        let changes = { (path: String) in ChangedPaths.paths([path], base: "before") }
        for path in ["src/a/b", "docs/a.md", "src/x", "lib/a.c"] { #expect(HookMatch(hook, changes(path)).runs) }
        #expect(!HookMatch(hook, changes("a.md")).runs)

        #expect(
            Admin.project(Admin.hook("paths: ['src/*.{c,h}', 'pages/[id].js']")) == [
                "6:13: warning: 'src/*.{c,h}': '{' stands for itself: patterns know *, ** and ? only",
                "6:28: warning: 'pages/[id].js': '[' stands for itself: patterns know *, ** and ? only",
            ])
        let wayOut = "tracked_files are no patterns; name each file, or a folder for all below it"
        #expect(
            Admin.project(Admin.hook("install_script: '#!/bin/sh'\ntracked_files: [a.txt, 'requirements*.txt']")) == [
                "7:28: warning: 'requirements*.txt': '*' stands for itself: \(wayOut)"
            ])
    }

    @Test("A mistake behind an alias is told once, and a file full of mistakes has an end")
    func bounds() {
        let text =
            Admin.hook("env: &e {1: x}") + "  other:\n    image: debian\n    build_script: '#!/bin/sh'\n    env: *e\n"
        #expect(Admin.project(text).count == 1)
        let many = (1...5000).map { "unknown-\($0): 1\n" }.joined()
        let diagnostics = Admin.project(many)
        #expect((100...201).contains(diagnostics.count))
    }

    @Test("A message is one line, and shows no more than the beginning of a long text")
    func oneLine() {
        let long = String(repeating: "x", count: 500)
        let lines = Admin.read(["projects/a\nb.yaml": "\"k\\n\(long)\": 1\n"]).diagnostics.map(\.description)
        #expect(lines.count == 2)
        for line in lines { #expect(!line.contains("\n") && line.utf8.count < 200) }
    }
}
