import Foundation
import Testing

/// A real `sshd` that stands in for GitHub's: it asks the stand-in which deploy keys there are, and each key opens its own
/// repository, for reading.
final class SSHServer {
    let port: Int
    private let folder: String
    private var process: pid_t = 0

    /// Whether this machine has what is needed.
    static let isThere = ["/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/python3"]
        .allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

    /// Finds a port, and makes the host's key.
    init(folder: String) throws {
        self.folder = folder
        port = try Self.freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(
            try Self.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/hostkey"]) == 0)
    }

    deinit {
        guard process > 0 else { return }
        kill(process, SIGTERM)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// What the addresses of repositories begin with.
    var address: String { "ssh://\(NSUserName())@127.0.0.1:\(port)" }

    /// The line for `known_hosts`.
    func knownHosts() throws -> String {
        "[127.0.0.1]:\(port) " + (try String(contentsOfFile: "\(folder)/hostkey.pub", encoding: .utf8))
    }

    /// Lets no new key in, or lets it again.
    func refuse(_ isRefusing: Bool) throws {
        if isRefusing {
            try Data().write(to: URL(filePath: "\(folder)/refusing"))
        } else {
            try FileManager.default.removeItem(atPath: "\(folder)/refusing")
        }
    }

    /// Starts the server, and returns when it takes connections.
    ///
    /// - Parameter gitHub: the stand-in's address.
    func start(gitHub: String) async throws {
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        try Data(Self.script.utf8).write(to: URL(filePath: "\(folder)/keys.py"))
        // Only the program itself must belong to root, in folders that nobody else can write.
        let lines = [
            "ListenAddress 127.0.0.1", "Port \(port)", "HostKey \(folder)/hostkey", "PidFile \(folder)/sshd.pid",
            "AuthorizedKeysFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
            "AuthorizedKeysCommand /usr/bin/python3 \(folder)/keys.py \(gitHub) \(folder)/refusing",
            "AuthorizedKeysCommandUser \(NSUserName())", "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(folder)/sshd_config"))
        process = try Self.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", "\(folder)/sshd_config"])
        // Another program tells nobody when it listens, so it is asked, for a minute at most.
        for _ in 0..<3000 {
            if connects() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("sshd does not listen")
    }

    /// Each key with the one command that it may run. While the file is there, only keys that were let in before are.
    private static let script = """
        import json, os, sys, urllib.request
        gitHub, refusing = sys.argv[1:]
        seen = refusing + ".seen"
        def ask(path):
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(gitHub + "/_control/" + path) as answer:
                return json.load(answer)
        lines = []
        for repository in ask("repos"):
            for key in ask("repos/" + repository["full_name"] + "/keys"):
                lines.append("restrict,command=\\"git-upload-pack '%s'\\" %s" % (repository["path"], key["key"]))
        if os.path.exists(refusing):
            known = open(seen).read() if os.path.exists(seen) else ""
            lines = [line for line in lines if line in known]
        else:
            open(seen, "w").write("\\n".join(lines))
        print("\\n".join(lines))
        """

    private func connects() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return Self.withLoopback(port: port) { connect(descriptor, $0, $1) } == 0
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        try #require(withLoopback(port: 0) { bind(descriptor, $0, $1) } == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func withLoopback(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func run(_ command: [String]) throws -> Int32 {
        let id = try spawn(command)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// Foundation's `Process` waits for one program on the thread that watches all of them when that program closes the
    /// descriptors it inherited, as `sshd` does.
    private static func spawn(_ command: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in [Int32(0), 1, 2] { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0) }
        // Threads of the test runner block signals, and a child would inherit that and ignore the request to end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = command.map { strdup($0) }
        let variables = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin")]
        defer { (words + variables).forEach { free($0) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, command[0], &actions, &attributes, words + [nil], variables + [nil])
        try #require(code == 0, "\(command[0]) cannot be started")
        return id
    }
}
