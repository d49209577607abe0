import Foundation
import Testing

@testable import kozmic

/// What `--work-tree` makes of clones by the real git, without an engine.
@Suite("A work tree with its uncommitted changes")
struct WorkTreeTests {
    /// A clone and what is asked of it.
    private struct Clone {
        var folder: String
        var path: String { "\(folder)/clone" }

        @discardableResult
        func git(_ arguments: String..., in place: String? = nil) async throws -> String {
            try await Shell.run("git", arguments, in: place ?? path, environment: World.gitEnvironment)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func write(_ files: [String: String]) throws { try Scratch.write(files, in: path) }

        /// The files of a snapshot: path, and mode with content.
        func snapshot(of place: String? = nil) async throws -> [String: String] {
            try await Scratch.with { scratch in
                let clone = try await LocalClone.snapshot(place ?? path, in: scratch)
                let copy = "\(scratch)/work-tree.git"
                var files: [String: String] = [:]
                for line in try await git("ls-tree", "-r", clone.commit, in: copy).split(separator: "\n") {
                    let parts = line.split(separator: "\t")
                    let facts = parts[0].split(separator: " ")
                    let content = try await git("cat-file", "blob", String(facts[2]), in: copy)
                    files[String(parts[1])] = "\(facts[0]) \(content)"
                }
                return files
            }
        }

        /// All bytes in the clone's git directory.
        func state() throws -> [String: Data] {
            var state: [String: Data] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: "\(path)/.git") {
                state[name] = FileManager.default.contents(atPath: "\(path)/.git/\(name)") ?? Data()
            }
            return state
        }
    }

    private func with(_ files: [String: String], _ body: (Clone) async throws -> Void) async throws {
        try await Scratch.with { folder in
            let clone = Clone(folder: folder)
            try clone.write(files)
            try await clone.git("init", "--quiet", "--initial-branch", "main")
            try await clone.git("add", "--all", "--force")
            try await clone.git("commit", "--quiet", "--message", "First")
            try await body(clone)
        }
    }

    @Test("tracked files that match .gitignore stay, ignored ones are left out, and nothing in the clone changes")
    func ignored() async throws {
        try await with([".gitignore": "*.log\n", "kept.log": "1", "gone": "1", "changed": "1"]) { clone in
            try clone.write(["kept.log": "2", "changed": "2", "new": "1", "other.log": "1", "hidden": "1"])
            try clone.write([".git/info/exclude": "hidden\n", ".git/hooks/post-index-change": "#!/bin/sh\ntouch ran\n"])
            try FileManager.default.removeItem(atPath: "\(clone.path)/gone")
            try await clone.git("add", "--intent-to-add", "new")
            try await Shell.run("chmod", ["+x", "\(clone.path)/.git/hooks/post-index-change"])
            let before = try clone.state()
            #expect(
                try await clone.snapshot() == [
                    ".gitignore": "100644 *.log", "kept.log": "100644 2", "changed": "100644 2", "new": "100644 1",
                ])
            #expect(try clone.state() == before)
            #expect(!FileManager.default.fileExists(atPath: "\(clone.path)/ran"))
        }
    }

    @Test("modes are the index's where the file system has none, and line ends git's where it is told so")
    func settings() async throws {
        try await with(["script": "1"]) { clone in
            try await clone.git("update-index", "--chmod=+x", "script")
            try await clone.git("commit", "--quiet", "--message", "Mode")
            try await clone.git("config", "core.fileMode", "false")
            try await clone.git("config", "core.autocrlf", "true")
            try clone.write(["script": "a\r\nb\r\n"])
            #expect(try await clone.snapshot() == ["script": "100755 a\nb"])
        }
    }

    @Test("files that a sparse checkout leaves out are there, and those that lie there all the same")
    func sparse() async throws {
        try await with(["in/file": "1", "out/file": "1"]) { clone in
            try await clone.git("sparse-checkout", "set", "in")
            #expect(!FileManager.default.fileExists(atPath: "\(clone.path)/out/file"))
            try clone.write(["in/file": "2", "out/new": "1"])
            #expect(
                try await clone.snapshot() == ["in/file": "100644 2", "out/file": "100644 1", "out/new": "100644 1"])
        }
    }

    @Test("a linked work tree has an index of its own, a merge in progress its files as they lie")
    func linkedAndMerging() async throws {
        try await with(["file": "1", ".gitignore": "x\n", "x": "1"]) { clone in
            let linked = "\(clone.folder)/linked"
            try await clone.git("worktree", "add", "--quiet", "-b", "topic", linked)
            try Scratch.write(["file": "linked", "new": "1"], in: linked)
            #expect(
                try await clone.snapshot(of: linked) == [
                    "file": "100644 linked", ".gitignore": "100644 x", "x": "100644 1", "new": "100644 1",
                ])
            try await clone.git("commit", "--quiet", "--all", "--message", "Topic", in: linked)
            try clone.write(["file": "main"])
            try await clone.git("commit", "--quiet", "--all", "--message", "Main")
            await #expect(throws: (any Error).self) { try await clone.git("merge", "--quiet", "topic") }
            let merging = try await clone.snapshot()
            #expect(merging["file"]?.contains("<<<<<<< HEAD\nmain\n=======\nlinked\n>>>>>>> topic") == true)
        }
    }

    @Test("a shallow clone's files are read, those that are only in its index too")
    func shallow() async throws {
        try await with(["file": "1"]) { clone in
            try clone.write(["file": "2"])
            try await clone.git("commit", "--quiet", "--all", "--message", "Second")
            let shallow = Clone(folder: "\(clone.folder)/shallow")
            try await clone.git("clone", "--quiet", "--depth", "1", "file://\(clone.path)", shallow.path)
            try shallow.write(["staged": "1"])
            try await shallow.git("add", "staged")
            #expect(try await shallow.snapshot() == ["file": "100644 2", "staged": "100644 1"])
        }
    }

    @Test("a partial clone that lacks files is refused with the way out, which works")
    func partial() async throws {
        try await with(["a": "1", "b": "2"]) { clone in
            try await clone.git("config", "uploadpack.allowFilter", "true")
            let partial = Clone(folder: "\(clone.folder)/partial")
            try await clone.git(
                "clone", "--quiet", "--no-checkout", "--filter=blob:none", "--origin", "my.up", "file://\(clone.path)",
                partial.path)
            let problem = await #expect(throws: SettingProblem.self) {
                try await LocalClone.openWhole(partial.path, commit: "HEAD")
            }
            let words = problem?.description ?? ""
            #expect(words.contains("is a partial clone that lacks 2 objects of commit"), "\(words)")
            let command = try #require(words.split(separator: ": ").last)
            #expect(command.hasSuffix("fetch --refetch --no-filter my.up"))
            try await Shell.run("sh", ["-c", String(command)], environment: World.gitEnvironment)
            let whole = try await LocalClone.openWhole(partial.path, commit: "HEAD")
            #expect(whole.commit == (try await clone.git("rev-parse", "HEAD")))
            try await partial.git("checkout", "--quiet")
            #expect(try await partial.snapshot() == ["a": "100644 1", "b": "100644 2"])
        }
    }

    @Test("in a hook of git, kozmic run neither reads nor writes what the hook's variables name")
    func hook() async throws {
        try await with(["file": "1"]) { clone in
            try Scratch.write(
                [
                    "config/projects/p.yaml": """
                    repository: acme/widget
                    hooks: {tests: {image: i, build_script: "#!/bin/sh"}}
                    """
                ], in: clone.folder)
            // There is no engine: the work tree is read before one is asked.
            try clone.write([
                ".git/hooks/pre-commit": """
                #!/bin/sh
                export GIT_DIR=.git GIT_WORK_TREE=. GIT_OBJECT_DIRECTORY=.git/objects
                '\(Program.kozmic)' run acme/widget/tests --config ../config --work-tree \
                    --docker-host unix:///nonexistent/docker.sock 2>../words
                test $? = 125
                """
            ])
            try await Shell.run("chmod", ["+x", "\(clone.path)/.git/hooks/pre-commit"])
            try clone.write(["file": "staged", "untracked": "1"])
            try await clone.git("add", "file")
            try clone.write(["file": "later"])
            try await clone.git("commit", "--quiet", "--message", "Second")
            let words = try String(contentsOfFile: "\(clone.folder)/words", encoding: .utf8)
            #expect(words.contains("there is no Docker Engine"), "\(words)")
            #expect(try await clone.git("status", "--short") == "M file\n?? untracked")
            #expect(try await clone.git("show", "HEAD:file") == "staged")
            #expect(try await clone.git("ls-files") == "file")
        }
    }

    @Test("only those variables of git are kept that name no repository")
    func variables() {
        let names = [
            "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_CONFIG_GLOBAL",
            "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "HOME", "GITHUB_TOKEN",
        ]
        #expect(GitProgram.hidden(of: names) == Array(names.prefix(5)))
    }
}
