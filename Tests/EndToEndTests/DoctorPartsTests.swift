import ArgumentParser
import Curl
import Foundation
import Store
import Testing
import Web

@testable import kozmic

/// What `kozmic doctor` says of this machine and of addresses, without a server.
@Suite("What the machine lacks")
struct DoctorPartsTests {
    private func settings(_ arguments: [String], folder: String = "/nonexistent") throws -> ServeSettings {
        try ServeSettings(
            ServeOptions.parse(["--config-repo", ".", "--data-dir", folder] + arguments), environment: [:])
    }

    @Test("a data directory that cannot be written, a full disk, a secret key that others read or that is none")
    func data() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-doctor-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func finding(_ name: String, at other: String? = nil, littleSpace: Int64 = 0) throws -> Finding {
            let settings = try self.settings([], folder: other ?? folder)
            let findings = DoctorData(settings: settings, littleSpace: littleSpace).findings()
            return try #require(findings.first { $0.name == name })
        }
        #expect(try finding("data directory").detail == "\(folder) is made at the first start")
        #expect(try finding("secret key").detail.contains("is made at the first start"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(try finding("data directory").detail == "\(folder) can be written")
        let closed = try finding("data directory", at: "/dev/null/kozmic")
        #expect(closed.state == .failed && closed.advice?.contains("--data-dir") == true)
        #expect(closed.detail == "/dev/null is a file, not a folder")

        #expect(try finding("disk space").state == .ok)
        let full = try finding("disk space", littleSpace: .max)
        #expect(full.state == .warning && full.advice?.contains("make room") == true)

        let key = "\(folder)/secret.key"
        try Data("\(String(repeating: "ab", count: 32))\n".utf8).write(to: URL(filePath: key))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let open = try finding("secret key")
        #expect(open.state == .failed && open.advice == "chmod 600 \(key)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        #expect(try finding("secret key").state == .ok)
        try Data("abc".utf8).write(to: URL(filePath: key))
        let named = DoctorData(settings: try settings(["--secret-key-file", "\(folder)/other"], folder: folder))
        #expect(named.findings().first { $0.name == "secret key" }?.state == .failed)
        let wrong = try finding("secret key")
        #expect(wrong.state == .failed && wrong.detail.contains("does not hold 64 hexadecimal digits"))
    }

    @Test("a database of a newer version, and none at all")
    func database() async throws {
        try await Scratch.with { folder in
            let doctor = DoctorData(settings: try self.settings([], folder: folder))
            #expect(await doctor.database().isEmpty)
            try await Store.open(dataDirectory: folder).close()
            #expect(await doctor.database().isEmpty)
            let script = """
                import sqlite3
                db = sqlite3.connect("kozmic.sqlite")
                db.execute("INSERT INTO grdb_migrations VALUES ('99 the future')")
                db.commit()
                db.close()
                """
            try await Shell.run("/usr/bin/python3", ["-c", script], in: folder)
            let newer = await doctor.database()
            #expect(newer.map(\.state) == [.failed])
            #expect(newer.first?.detail.contains("was written by a newer version of Kozmic") == true, "\(newer)")
        }
    }

    @Test("proxies are named by address or network, and anything else is said to be wrong")
    func proxies() throws {
        let settings = try settings(["--trusted-proxy", "10.1.0.0/16", "--trusted-proxy", "192.0.2.9"])
        #expect("\(settings.proxies)" != "\(try self.settings([]).proxies)")
        #expect {
            try self.settings(["--trusted-proxy", "proxy.example.org"])
        } throws: { error in
            "\(error)".hasPrefix("--trusted-proxy (KOZMIC_TRUSTED_PROXIES) must be an address")
        }
    }

    @Test("an address that GitHub cannot reach, one without https, and one where nothing answers")
    func address() async throws {
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        func findings(_ url: String, _ gitHub: String) async throws -> [Finding] {
            await DoctorAddress(
                settings: try self.settings(["--external-url", url, "--github-url", gitHub]), curl: curl
            )
            .findings()
        }
        let local = try await findings("http://127.0.0.1:1", "https://github.com")
        #expect(local.map(\.state) == [.failed])
        #expect(local.first?.advice?.contains("--external-url") == true)
        let plain = try await findings("http://ci.kozmic.invalid", "https://github.com")
        #expect(plain.map(\.state) == [.warning, .warning])
        #expect(plain.first?.detail.contains("is not https") == true)
        #expect(plain.last?.advice?.contains("start kozmic serve") == true)
        let silent = try await findings("http://127.0.0.1:1", "http://127.0.0.1:2")
        #expect(silent.map(\.state) == [.warning])
        await curl.close()
    }

    @Test("an engine that is missing")
    func docker() async throws {
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let findings = await DoctorDocker(
            settings: try self.settings(["--docker-host", "unix:///nonexistent/docker.sock"]), curl: curl, projects: [],
            pulls: false
        ).findings()
        #expect(findings.map(\.state) == [.failed] && findings.first?.name == "Docker")
        #expect(findings.first?.advice?.contains("put this account into the group docker") == true)
        await curl.close()
    }

    @Test("an engine that takes limits and holds none of them")
    func limits() async throws {
        // An answer to every question.
        let body = """
            {"Version": "20.10.24", "ApiVersion": "1.41", "Driver": "overlay2", "CgroupVersion": "1", "MemoryLimit": false,
            "CpuCfsQuota": false, "PidsLimit": true, "SecurityOptions": ["name=rootless"],
            "Warnings": ["WARNING: Running in rootless-mode without cgroups."]}
            """
        let engine = try FixedAnswer(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        defer { engine.close() }
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let findings = await DoctorDocker(
            settings: try self.settings(["--docker-host", "tcp://127.0.0.1:\(engine.port)"]), curl: curl, projects: [],
            pulls: false
        ).findings()
        #expect(findings.first?.detail.hasSuffix(", rootless") == true)
        let limits = try #require(findings.first { $0.name == "limits" })
        #expect(limits.state == .warning && limits.detail.contains("cannot limit memory and processors"))
        #expect(limits.advice?.contains("Delegate=") == true)
        await curl.close()
    }

    @Test("an address at which this command is taken for a job, as with a rootless engine")
    func jobAddress() async throws {
        let body = WebConfiguration.jobRefusal
        let server = try FixedAnswer("HTTP/1.1 403 Forbidden\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        defer { server.close() }
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let url = "http://127.0.0.1:\(server.port)"
        let findings = await DoctorAddress(
            settings: try self.settings(["--external-url", url, "--github-url", url]), curl: curl
        ).findings()
        #expect(findings.map(\.state) == [.ok])
        #expect(findings.first?.detail.contains("takes callers on this machine for jobs") == true)
        await curl.close()
    }

    @Test("a token that ends soon")
    func ending() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(DoctorGitHub.ending(nil, now: now) == nil)
        #expect(DoctorGitHub.ending("soon", now: now) == nil)
        let soon = try #require(DoctorGitHub.ending("2027-01-18 08:00:00 UTC", now: now))
        #expect(soon.state == .warning && soon.detail == "it ends on 2027-01-18, in 3 days")
        #expect(soon.advice?.contains("--github-token-file") == true)
        #expect(DoctorGitHub.ending("2027-06-18 08:00:00 +0200", now: now)?.state == .ok)
    }

    @Test("a data directory is a path from the root, whatever was given: the engine mounts no other")
    func relativeFolder() throws {
        let here = FileManager.default.currentDirectoryPath
        for (given, path) in [("ci data", "\(here)/ci data"), ("./a/../b", "\(here)/b"), ("/var/lib/x", "/var/lib/x")] {
            let settings = try self.settings([], folder: given)
            #expect(settings.dataDirectory == path)
            #expect(settings.secretKeyFile == path + "/secret.key" && settings.isSecretKeyOurs)
        }
    }

    @Test("a server whose disk has no room for logs is not ready")
    func fullDisk() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-ready-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await Store.open(dataDirectory: folder)
        let (good, full) = (Readiness.disk(store, reserve: 1), Readiness.disk(store, reserve: .max))
        await store.close()
        #expect(good.ok && good.detail.contains("MiB left"))
        #expect(!full.ok && full.detail.contains("make room"))
    }

    @Test("a file with a token holds one line, however it ends")
    func tokenFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kozmic-token-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("ghp_a\r\n".utf8).write(to: URL(filePath: file))
        #expect(try settings(["--github-token-file", file]).gitHubToken == "ghp_a")
        try Data("ghp_a\nghp_b\n".utf8).write(to: URL(filePath: file))
        let problem = #expect(throws: SettingProblem.self) { _ = try self.settings(["--github-token-file", file]) }
        #expect(problem?.description.contains("--github-token-file: \(file) holds more than one line") == true)
    }

    @Test("settings that are missing or wrong are named with their flag")
    func flags() throws {
        for (arguments, flag) in [
            (["--external-url", "ci"], "--external-url"),
            (["--external-url", "https://ci.example.org/sub/"], "such as https://ci.example.org"),
            (["--github-app-id", "1"], "--github-app-key-file"),
            (["--github-token-file", "/nonexistent"], "--github-token-file"), (["--listen", "x"], "--listen"),
            (["--sync-interval", "soon"], "--sync-interval"),
        ] {
            let problem = #expect(throws: SettingProblem.self) { _ = try self.settings(arguments) }
            #expect(problem?.description.contains(flag) == true, "\(String(describing: problem))")
        }
        let root = try settings(["--external-url", "https://ci.example.org:8443/"])
        #expect(root.externalURL == "https://ci.example.org:8443")
    }

    @Test("files with secrets that others can read are named, whatever the secret")
    func openFiles() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kozmic-secret-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("secret\n".utf8).write(to: URL(filePath: file))
        let link = file + ".link"
        defer { try? FileManager.default.removeItem(atPath: link) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        for (mode, isOpen) in [(0o644, true), (0o640, true), (0o600, false), (0o400, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
            for flags in [
                ["--github-token-file", link], ["--oauth-client-id", "x", "--oauth-client-secret-file", link],
            ] {
                let settings = try settings(flags)
                #expect(settings.openFiles == (isOpen ? [link] : []), "\(String(mode, radix: 8))")
                let finding = DoctorData(settings: settings).findings().first { $0.name == "secret file" }
                #expect(finding?.advice == (isOpen ? "chmod 600 \(link)" : nil))
            }
        }
    }
}
