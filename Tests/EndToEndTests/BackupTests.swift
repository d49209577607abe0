import Foundation
import Testing

@testable import kozmic

/// `kozmic backup` beside a running server, and `kozmic restore` into another folder.
@Suite("Backup and restore", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct BackupTests {
    @Test("a server on a restored folder shows the same builds and logs, and goes on")
    func restored() async throws {
        let script = "#!/bin/sh\nfor n in $(seq 200); do echo \"line $n\"; done"
        try await World.with(Project.file(script)) { world in
            for number in 1...2 { try await world.expect(try await world.push(["a": "\(number)"]), "success") }
            let (copy, data) = ("\(world.folder)/backup", "\(world.folder)/elsewhere")
            let from = ["--data-dir", world.dataDirectory]
            let text = try await Shell.run(Program.kozmic, ["backup", copy] + from)
            #expect(text.contains("1 project, 2 builds, 2 jobs"), "\(text)")
            #expect(text.contains("not in it: the secret key"))
            let logs = [try await world.log(build: 1), try await world.log(build: 2)]

            // All of it is there, readable by nobody else, and nothing of the key.
            try await Shell.script("sha256sum --check --strict --quiet SHA256SUMS", in: copy)
            let key = try String(contentsOfFile: "\(world.dataDirectory)/secret.key", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let found = try await Shell.result("grep", ["-rlaF", key, copy])
            #expect(found.status == 1 && found.output.isEmpty, "\(found.output)")
            #expect(
                try await Shell.script("stat -c %a . && find . -perm /077 -type f -path '*logs*'", in: copy) == "700\n")

            let again = try await Shell.result(Program.kozmic, ["backup", copy] + from, withErrors: true)
            #expect(again.status == 1 && again.output.contains("does not write over"), "\(again.output)")
            let inUse = try await Shell.result(Program.kozmic, ["restore", copy] + from, withErrors: true)
            #expect(inUse.status == 1 && inUse.output.contains("is there already"), "\(inUse.output)")

            // A build that the backup does not know.
            try await world.expect(try await world.push(["a": "3"]), "success")
            #expect(await world.stop())
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            let put = try await Shell.run(Program.kozmic, ["restore", copy, "--data-dir", data])
            #expect(try await Shell.script("stat -c %a .", in: data) == "700\n")
            #expect(put.contains("put the secret key whose public half is kozmic-key:v1:"), "\(put)")
            try FileManager.default.copyItem(
                atPath: "\(world.dataDirectory)/secret.key", toPath: "\(data)/secret.key")
            try await world.serve(["--data-dir", data])
            #expect(try await world.log(build: 1) == logs[0])
            #expect(try await world.log(build: 2) == logs[1])
            let next = try await world.push(["a": "4"])
            try await world.expect(next, "success")
        }
    }

    @Test("a backup that was damaged or cut is not restored, and leaves nothing behind")
    func damaged() async throws {
        try await World.with(Project.file("#!/bin/sh\necho hello")) { world in
            try await world.expect(try await world.push(["a": "1"]), "success")
            let copy = "\(world.folder)/backup"
            try await Shell.run(Program.kozmic, ["backup", copy, "--data-dir", world.dataDirectory])
            for (damage, words) in [
                ("echo x >>$(ls logs/*/*.log | head -1)", "is not as it was backed up"),
                ("rm logs/*/*.log", "cannot be read"), ("rm SHA256SUMS", "no whole backup"),
                ("rm backup.json", "is no backup"),
            ] {
                try await Shell.script("rm -rf ../bad && cp -a . ../bad && cd ../bad && \(damage)", in: copy)
                let data = "\(world.folder)/elsewhere"
                let result = try await Shell.result(
                    Program.kozmic, ["restore", "\(world.folder)/bad", "--data-dir", data], withErrors: true)
                #expect(result.status == 1 && result.output.contains(words), "\(damage): \(result.output)")
                #expect(!FileManager.default.fileExists(atPath: "\(data)/kozmic.sqlite"))
            }
        }
    }
}
