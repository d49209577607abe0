import Foundation
import Testing

@testable import DockerEngine

@Suite("Addresses, names, versions and times")
struct ValueTests {
    @Test(
        "an engine's address is taken apart",
        arguments: [
            ("unix:///var/run/docker.sock", "/var/run/docker.sock", "http://localhost"),
            ("tcp://10.0.0.1:2376", nil, "http://10.0.0.1:2376"),
            ("tcp://build.example", nil, "http://build.example:2375"),
            ("tcp://[::1]", nil, "http://[::1]:2375"), ("https://build.example/", nil, "https://build.example"),
        ])
    func host(text: String, socket: String?, base: String) throws {
        let host = try DockerHost(text)
        #expect(host.socket == socket)
        #expect(host.baseURL == base)
    }

    @Test(
        "an engine on this machine's loopback is known by its address",
        arguments: [
            ("tcp://127.0.0.1:2375", true), ("tcp://localhost", true), ("https://[::1]:2376", true),
            ("tcp://127.0.1.1", true), ("tcp://10.0.0.1:2376", false), ("tcp://build.example", false),
            ("unix:///var/run/docker.sock", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try DockerHost(text).isLoopback == isLoopback)
    }

    @Test(
        "an address that cannot be is refused, and its password not repeated",
        arguments: [
            "", "/var/run/docker.sock", "unix://relative.sock", "unix:///", "ssh://user:pa55@host", "tcp://u:pa55@host",
            "tcp://", "tcp://host/path", "npipe:////./pipe/docker", "http://host:1?pa55",
            "unix:///" + String(repeating: "a", count: 107),
        ])
    func badHost(text: String) {
        #expect {
            try DockerHost(text)
        } throws: {
            guard let error = $0 as? DockerError else { return false }
            return error.kind == .invalid && !error.message.contains("pa55") && !error.message.isEmpty
        }
    }

    @Test(
        "an image's name is taken apart",
        arguments: [
            ("debian", "debian", nil, nil, "docker.io"), ("kozmic/debian:12", "kozmic/debian", "12", nil, "docker.io"),
            ("localhost:5000/a/b", "localhost:5000/a/b", nil, nil, "localhost:5000"),
            ("r.example.org/a:t@sha256:00", "r.example.org/a", "t", "sha256:00", "r.example.org"),
        ] as [(String, String, String?, String?, String)])
    func reference(text: String, repository: String, tag: String?, digest: String?, registry: String) throws {
        let reference = try DockerImageReference(text)
        #expect(reference.repository == repository)
        #expect(reference.tag == tag)
        #expect(reference.digest == digest)
        #expect(reference.registry == registry)
    }

    @Test(
        "a name that would lead elsewhere is refused",
        arguments: [
            "", ":tag", "a/../b", "/a", "a//b", "a b", "a?x=1", "a#b", "a%2e", "a:", "a@", "a:b:c", "\u{e4}", "a\n",
        ])
    func badReference(text: String) {
        #expect(throws: DockerError.self) { try DockerImageReference(text) }
        #expect(throws: DockerError.self) { try EngineName.object(text, "container") }
    }

    @Test("the newest version that both sides speak is used, and others are refused with a way out")
    func agreement() throws {
        let version = { (text: String) in try #require(DockerAPIVersion(text)) }
        #expect(try version("1.9") < version("1.40"))
        for bad in ["", "1", "1.", ".1", "1.2.3", "1.x", "-1.4", "1.99999", "+1.4"] {
            #expect(DockerAPIVersion(bad) == nil)
        }
        #expect(try DockerEngine.agree(engine: "20.10", newest: version("1.41"), oldest: nil) == version("1.41"))
        #expect(try DockerEngine.agree(engine: "40", newest: version("1.99"), oldest: version("1.44")) == .newest)
        #expect {
            try DockerEngine.agree(engine: "18.09", newest: version("1.39"), oldest: nil)
        } throws: {
            guard let error = $0 as? DockerError else { return false }
            return error.kind == .unsupported && error.message.contains("18.09") && error.message.contains("1.40")
        }
        #expect(throws: DockerError.self) {
            try DockerEngine.agree(engine: "99", newest: version("2.0"), oldest: version("1.90"))
        }
    }

    @Test(
        "the engine's times keep their nanoseconds as text",
        arguments: [
            ("2026-11-24T15:14:49.335741282Z", 1_795_533_289.335741), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("1970-01-01T01:00:00.5+01:00", 0.5), ("2000-12-31T23:59:60Z", 978_307_200),
        ])
    func time(text: String, seconds: Double) throws {
        let time = try #require(DockerTime(text))
        #expect(time.text == text)
        #expect(abs(time.date.timeIntervalSince1970 - seconds) < 0.000_002)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "0001-01-01T00:00:00Z", "", "2026-11-24", "2026-13-01T00:00:00Z", "2026-11-24T15:14:49",
            "2026-11-24T15:14:49.Z",
            "2026-11-24T15:14:49Zx", "2026-11-24T25:14:49Z",
        ])
    func noTime(text: String) {
        #expect(DockerTime(text) == nil)
    }

    @Test("what is not set is left out of a container's JSON, and its environment of every description")
    func specification() throws {
        var spec = DockerContainerSpec(image: "debian")
        #expect(try json(spec) == #"{"HostConfig":{},"Image":"debian"}"#)
        spec.entrypoint = []
        spec.environment = ["TOKEN=s3cret", "HOME"]
        spec.mounts = [
            DockerMount(.volume("v", noCopy: true), at: "/kozmic"), DockerMount(.bind("/a"), at: "/b", readOnly: true),
            DockerMount(.tmpfs(size: 64), at: "/t"),
        ]
        spec.memory = 1
        spec.logDriver = "json-file"
        spec.logOptions = ["max-size": "1m"]
        #expect(
            try json(spec)
                == #"{"Entrypoint":[],"Env":["TOKEN=s3cret","HOME"],"HostConfig":{"LogConfig":{"Config":{"max-size":"1m"},"#
                + #""Type":"json-file"},"Memory":1,"Mounts":[{"Source":"v","Target":"/kozmic","Type":"volume","#
                + #""VolumeOptions":{"NoCopy":true}},{"ReadOnly":true,"Source":"/a","Target":"/b","Type":"bind"},"#
                + #"{"Target":"/t","TmpfsOptions":{"SizeBytes":64},"Type":"tmpfs"}]},"Image":"debian"}"#)
        var dumped = ""
        dump(spec, to: &dumped)
        dump(DockerCommitConfig(environment: ["TOKEN=s3cret"]), to: &dumped)
        for text in ["\(spec)", String(reflecting: spec), dumped] { #expect(!text.contains("s3cret")) }
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("a rootless engine without control groups says which limits it cannot hold; one that says nothing can all")
    func kinds() throws {
        func info(_ text: String) throws -> DockerInfo {
            try JSONDecoder().decode(DockerInfo.self, from: Data(text.utf8))
        }
        // What 20.10 answers, shortened.
        let rootless = try info(
            """
            {"MemoryLimit":false,"SwapLimit":false,"CpuCfsPeriod":false,"CpuCfsQuota":false,"PidsLimit":false,
            "CgroupDriver":"none","CgroupVersion":"1","SecurityOptions":["name=seccomp,profile=default","name=rootless"]}
            """)
        #expect(rootless.isRootless && !rootless.mapsUsers)
        #expect(rootless.missingLimits == [.memory, .processors, .processes])
        #expect(DockerLimit.words(rootless.missingLimits) == "memory, processors and processes")
        let delegated = try info(
            #"{"MemoryLimit":true,"CpuCfsQuota":false,"PidsLimit":true,"SecurityOptions":["name=userns"]}"#)
        #expect(!delegated.isRootless && delegated.mapsUsers)
        #expect(DockerLimit.words(delegated.missingLimits) == "processors")
        #expect(try info("{}").missingLimits == [])
    }

    @Test(
        "the digest of an image is that of the name which it is used by",
        arguments: [
            ("debian:bookworm", "debian@sha256:1"), ("docker.io/library/debian", "debian@sha256:1"),
            ("library/debian", "debian@sha256:1"), ("registry.example.org:5000/base/debian:12", nil),
            ("registry.example.org:5000/debian:12", "registry.example.org:5000/debian@sha256:2"),
            ("acme/debian", "acme/debian@sha256:3"), ("other", nil), ("Not a name", nil),
        ] as [(String, String?)])
    func digest(reference: String, digest: String?) throws {
        let text = """
            {"Id": "sha256:9", "RepoDigests":
            ["registry.example.org:5000/debian@sha256:2", "debian@sha256:1", "acme/debian@sha256:3"]}
            """
        let image = try JSONDecoder().decode(DockerImage.self, from: Data(text.utf8))
        #expect(image.digest(for: reference) == digest)
    }
}
