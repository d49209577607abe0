import Foundation
import Testing

/// A mail server made with aiosmtpd, a package of Debian, on loopback.
final class MailServer {
    /// What it took, as Python's parser reads it.
    struct Mail: Decodable {
        var from: String
        var to: [String]
        var headers: [[String]]
        var body: String
        var raw: String
        var tls: Bool
        var authenticated: Bool

        func header(_ name: String) -> String? { headers.first { $0.first == name }?.last }
    }

    /// A certificate for `localhost`, and who may log in.
    struct Login {
        var user: String
        var password: String
        var certificate: String
        var key: String
    }

    private let folder: String
    private let login: Login?
    private var pid: pid_t?
    private(set) var port = 0

    /// Debian's Python has Debian's packages; another one may come first in the path.
    private static let python = "/usr/bin/python3"

    /// - Parameter folder: where it keeps what it took.
    init(_ folder: String, login: Login? = nil) async throws {
        self.folder = folder
        self.login = login
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await start()
    }

    /// Starts it, a second time on the same port.
    ///
    /// Not with Foundation's `Process`, which ends only when everything has ended that inherited something from it.
    func start() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Support/mail-server.py")
        var command = [Self.python, script.standardized.path, folder, "\(port)"]
        if let login { command += [login.certificate, login.key, login.user, login.password] }
        let output = "\(folder)/port"
        try? FileManager.default.removeItem(atPath: output)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/errors", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let strings = command.map { strdup($0) }
        let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (strings + variables).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, Self.python, &actions, nil, strings + [nil], variables + [nil])
        try #require(code == 0)
        pid = child
        // It prints the port when it listens.
        for _ in 0..<3000 {
            let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
            if text.hasSuffix("\n"), let found = Int(text.dropLast()) {
                port = found
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let words = (try? String(contentsOfFile: "\(folder)/errors", encoding: .utf8)) ?? ""
        Issue.record("the mail server did not start; is python3-aiosmtpd installed? \(words)")
    }

    func stop() {
        guard let pid else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        self.pid = nil
    }

    /// The reply that it gives in place of 250; `nil` for 250.
    func reply(to command: String, with reply: String?) throws {
        let path = "\(folder)/\(command)"
        if let reply {
            try Data(reply.utf8).write(to: URL(filePath: path))
        } else {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// What it took, in the order of arrival.
    func mails() throws -> [Mail] {
        let text = FileManager.default.contents(atPath: "\(folder)/mails.jsonl") ?? Data()
        return try text.split(separator: 0x0A).map { try JSONDecoder().decode(Mail.self, from: $0) }
    }
}
