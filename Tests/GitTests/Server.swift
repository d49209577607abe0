import Foundation
import Glibc
import Testing

/// A program that serves for the time of a test.
final class Server {
    let port: Int
    private var process: ChildProcess?

    private init(port: Int) {
        self.port = port
    }

    /// A port of the loopback that nothing listened on a moment ago.
    static func freePort() throws -> Int {
        let listener = try SilentServer()
        return listener.port
    }

    /// `git http-backend` behind Python's HTTP server. Below `/open/` everyone may read, below `/locked/` only
    /// `user:s3cret-token`; `/moved/` leads to `/open/`, `/away/` to another name of this host and `/elsewhere/` to another
    /// port, both to where credentials are asked for. Every request is noted in `requests.log`.
    static func http(_ fixture: Fixture, elsewhere: Int = 1, certificate: String? = nil) async throws -> Server {
        let server = Server(port: try freePort())
        let script = "\(fixture.root)/server-\(server.port).py"
        try Data(httpScript.utf8).write(to: URL(filePath: script))
        try server.start(
            "python3", [script, String(server.port), fixture.root, String(elsewhere), certificate ?? ""], fixture)
        try await server.untilReady()
        return server
    }

    /// A real `sshd` for this account, with a fresh host key and the public keys given.
    static func ssh(_ fixture: Fixture, authorized: [String]) async throws -> Server {
        let server = Server(port: try freePort())
        let root = fixture.root
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        try fixture.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(root)/hostkey"])
        try Data(authorized.joined(separator: "\n").utf8).write(to: URL(filePath: "\(root)/authorized"))
        let lines = [
            "ListenAddress 127.0.0.1", "Port \(server.port)", "HostKey \(root)/hostkey", "PidFile \(root)/sshd.pid",
            "AuthorizedKeysFile \(root)/authorized", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(root)/sshd_config"))
        try server.start("/usr/sbin/sshd", ["-D", "-e", "-f", "\(root)/sshd_config"], fixture)
        try await server.untilReady()
        return server
    }

    private func start(_ program: String, _ arguments: [String], _ fixture: Fixture) throws {
        process = try ChildProcess([program] + arguments, environment: Fixture.environment, folder: fixture.root)
    }

    /// Another program tells nobody when it listens, so it is asked, for ten seconds at most.
    private func untilReady() async throws {
        for _ in 0..<500 {
            if connects() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the server does not listen")
    }

    private func connects() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withLoopback(port: port) { connect(descriptor, $0, $1) } == 0
    }

    /// Method, host, path, and whether credentials came along.
    static func requests(_ fixture: Fixture) throws -> [String] {
        let data = FileManager.default.contents(atPath: "\(fixture.root)/requests.log") ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let httpScript = """
        import base64, http.server, os, ssl, subprocess, sys, urllib.parse
        port, root, elsewhere, certificate = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
        token = base64.b64encode(b"user:s3cret-token").decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self, status, headers, body=b""):
                self.send_response(status)
                for name, value in headers: self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sent = self.headers.get("Authorization")
                host = self.headers.get("Host").split(":")[0]
                with open(root + "/requests.log", "a") as log:
                    log.write(f"{self.command} {host} {self.path} {'with' if sent else 'without'}\\n")
                area, rest = self.path[1:].split("/", 1)
                if area == "moved": return self.answer(301, [("Location", "/open/" + rest)])
                if area == "away": return self.answer(302, [("Location", f"http://localhost:{port}/locked/{rest}")])
                if area == "elsewhere":
                    if not sent: return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')])
                    return self.answer(302, [("Location", f"http://127.0.0.1:{elsewhere}/locked/{rest}")])
                if area == "busy": return self.answer(503, [])
                if area == "locked" and sent != "Basic " + token:
                    return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')])
                path, _, query = rest.partition("?")
                env = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO="/" + urllib.parse.unquote(path),
                    QUERY_STRING=query, REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""),
                    CONTENT_LENGTH=str(len(body)), REMOTE_ADDR="127.0.0.1", HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
                out = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True).stdout
                head, _, content = out.partition(b"\\r\\n\\r\\n")
                status, headers = 200, []
                for line in head.decode().split("\\r\\n"):
                    name, _, value = line.partition(": ")
                    if name == "Status": status = int(value.split()[0])
                    elif name: headers.append((name, value))
                self.answer(status, headers, content)
            do_GET = do_POST = serve
            def log_message(self, *arguments): pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.replace(".pem", ".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()
        """
}

/// Accepts connections, by way of the kernel, and never says a word.
final class SilentServer {
    private let descriptor: Int32
    let port: Int

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        descriptor = listener
        try #require(withLoopback(port: 0) { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 16) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

private func withLoopback(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}
