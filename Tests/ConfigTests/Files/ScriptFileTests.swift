import Config
import Foundation
import Model
import Testing

@Suite("Scripts kept as files, and work trees")
struct ScriptFileTests {
    private let project =
        "repository: acme/widget\nhooks:\n  tests:\n    image: debian\n    build_script: {file: PATH}\n"

    private func check(_ path: String, _ scripts: [String: String] = [:]) -> [String] {
        Admin.project(project.replacing("PATH", with: path), scripts: scripts)
    }

    @Test("Only text files inside of the admin repository that a system can run")
    func mistakes() {
        #expect(check("./scripts//t.sh", ["scripts/t.sh": "#! /bin/sh -e\n"]) == [])
        #expect(check("scripts/t.sh") == ["5:26: there is no file 'scripts/t.sh' in the admin repository"])
        #expect(
            check("scripts/../t.sh", ["t.sh": "#!/bin/sh"]) == [
                "5:26: 'scripts/../t.sh' leaves the admin repository; paths are relative to its root, without .."
            ])
        #expect(check("/etc/passwd").count == 1 && check("''").count == 1 && check("5").count == 1)
        #expect(
            check("t.sh", ["t.sh": "echo\n"]) == [
                "5:26: in the file 't.sh': a script begins with #! and its interpreter, such as #!/bin/bash"
            ])
        #expect(check("t.sh", ["t.sh": "#!bash\n"]).count == 1)
        #expect(
            check("t.sh", ["t.sh": "#!/bin/sh\r\necho\r\n"]) == [
                "5:26: in the file 't.sh': the script has Windows line ends; no system finds such an interpreter"
            ])
        #expect(
            check("t.sh", ["t.sh": "#!/bin/sh\n" + String(repeating: "x", count: 1 << 20)]) == [
                "5:26: the file 't.sh' is larger than 1 MiB"
            ])
        #expect(check("{a: b}") == ["5:26: expected a path in the admin repository, found a mapping"])
        let files: [String: [UInt8]] = [
            "projects/p.yaml": Array(project.replacing("PATH", with: "t.sh").utf8),
            "t.sh": Array("#!/bin/sh\n".utf8) + [0xFF],
        ]
        #expect(
            ConfigReader.read(ConfigSource(files: files)).diagnostics.first?.message == "the file 't.sh' is not UTF-8")
    }

    @Test("What a commit has in the place of a folder or a script is said: nothing looks removed, nothing missing")
    func places() {
        for reason in ["is a symbolic link", "is a submodule"] {
            let result = ConfigReader.read(ConfigSource(files: [:], unreadable: ["projects": reason]))
            #expect(result.diagnostics.map(\.message) == ["the file \(reason)"])
            #expect(result.diagnostics.first?.path == "projects" && result.desired.hasUnreadableFile)
        }
        func message(_ path: String, _ unreadable: [String: String] = [:]) -> String? {
            let files = ["projects/p.yaml": project.replacing("PATH", with: path), "scripts/t.sh": "#!/bin/sh\n"]
            return ConfigReader.read(ConfigSource(files: files.mapValues { Array($0.utf8) }, unreadable: unreadable))
                .diagnostics.first?.message
        }
        #expect(message("scripts") == "the file 'scripts' is a folder")
        #expect(message("scripts/t.sh") == nil)
        #expect(
            message("lib/t.sh", ["lib": "is a submodule"])
                == "the file 'lib/t.sh' is not there, because 'lib' is a submodule")
    }

    @Test("A work tree is read without following links or looking at what nobody refers to")
    func directory() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "kozmic-config-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let files = FileManager.default
        for folder in ["projects/deep/er", "scripts"] {
            try files.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        func write(_ path: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
        }
        try write("projects/deep/er/a.yaml", project.replacing("PATH", with: "scripts/t.sh"))
        try write("scripts/t.sh", "#!/bin/sh\n")
        try write("big", String(repeating: "x", count: 3 << 20))
        let good = ConfigReader.read(try ConfigSource.directory(root))
        #expect(good.diagnostics == [] && good.desired.projects.first?.file == "projects/deep/er/a.yaml")

        try files.createSymbolicLink(atPath: "\(root)/projects/link.yaml", withDestinationPath: "/etc/hostname")
        try files.createSymbolicLink(atPath: "\(root)/projects/loop", withDestinationPath: "..")
        try files.createSymbolicLink(atPath: "\(root)/link", withDestinationPath: "scripts")
        for (name, path) in [("b", "link/t.sh"), ("c", "scripts"), ("d", "big"), ("e", "projects/link.yaml")] {
            try write(
                "projects/\(name).yaml",
                project.replacing("PATH", with: path).replacing("acme/widget", with: "acme/\(name)"))
        }
        let bad = ConfigReader.read(try ConfigSource.directory(root))
        #expect(
            bad.diagnostics.map(\.description) == [
                "projects/b.yaml:5:26: error: the file 'link/t.sh' is under a symbolic link",
                "projects/c.yaml:5:26: error: the file 'scripts' is a folder",
                "projects/d.yaml:5:26: error: the file 'big' is larger than 1 MiB",
                "projects/e.yaml:5:26: error: the file 'projects/link.yaml' is a symbolic link",
                "projects/link.yaml:1:1: error: the file is a symbolic link",
            ])
        #expect(bad.desired.hasUnreadableFile && bad.desired.projects.count == 1)
        #expect(throws: ConfigSource.DirectoryError.self) { try ConfigSource.directory("\(root)/big") }
    }

    @Test("A project file whose name is no text is there, and that is what is wrong with it")
    func misnamed() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "kozmic-config-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: "\(root)/projects", withIntermediateDirectories: true)
        let path = Array("\(root)/projects/".utf8) + [0xFF] + Array(".yaml".utf8) + [0]
        let file = try #require(fopen(path.map { CChar(bitPattern: $0) }, "w"))
        fclose(file)
        #expect(
            ConfigReader.read(try ConfigSource.directory(root)).diagnostics.map(\.description) == [
                "projects/\u{FFFD}.yaml:1:1: error: the file has a name that is not UTF-8"
            ])
    }
}
