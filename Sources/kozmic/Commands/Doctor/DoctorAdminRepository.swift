import Config
import Controller
import Git
import Model

/// The admin repository: whether it can be reached, and what it says.
struct DoctorAdminRepository {
    var configuration: ControllerConfiguration

    /// What was found, and the configuration when it could be read.
    func findings() async -> ([Finding], ConfigResult?) {
        let url = configuration.adminRepository.url
        let result: ConfigResult
        do {
            result = try await AdminRevision.read(configuration, revision: nil).result
        } catch let error as GitError {
            return ([.failed("admin repository", "\(url): \(error.message)", Self.advice(error))], nil)
        } catch {
            return (
                [.failed("admin repository", "\(url): \(error)", "push a commit to it, or set --config-branch")], nil
            )
        }
        let read = Finding.ok(
            "admin repository", "\(url) can be read; valid projects: \(result.desired.projects.count)")
        let errors = result.diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else { return ([read], result) }
        let broken = Finding.failed(
            "configuration", "\(errors.count) errors, the first: \(first)",
            "kozmic lint in its work tree shows all of them; the projects concerned keep their last good state")
        return ([read, broken], result)
    }

    private static func advice(_ error: GitError) -> String {
        switch error.kind {
        case .unreachable, .timeout: "check --config-repo and that this machine reaches that host"
        case .authentication: "the token (or the SSH key of this account) must be allowed to read it"
        case .hostKey: "add the host's key to ~/.ssh/known_hosts: ssh-keyscan HOST, and compare it"
        case .notFound: "check --config-repo; GitHub says so too when the token may not see it"
        default: "check --config-repo and --config-branch"
        }
    }
}
