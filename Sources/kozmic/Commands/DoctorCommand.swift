import ArgumentParser
import Config
import Controller
import Curl
import Logging
import Model
import OpenSSL

/// `kozmic doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything the server needs; each line is ok or says what to do.",
        discussion:
            "Takes the settings of 'kozmic serve' and changes nothing. Exit status: 0, 1 when anything failed, 64 wrong usage."
    )

    @OptionGroup var options: ServeOptions

    @Flag(help: "Pull base images that the engine lacks, instead of only saying so.")
    var pull = false

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        let findings: [Finding]
        do {
            findings = try await examine(ServeSettings(options))
        } catch let problem as SettingProblem where problem.isUsage {
            throw ValidationError(problem.description)
        } catch let problem as SettingProblem {
            findings = [.failed("settings", problem.description, "kozmic serve --help lists them all")]
        }
        switch output {
        case .json: try Print.json(findings)
        case .text: for finding in findings { print(finding.line) }
        }
        if findings.contains(where: { $0.state == .failed }) { throw ExitCode.failure }
    }

    private func examine(_ settings: ServeSettings) async throws -> [Finding] {
        // Nothing is signed or opened here, so any key does.
        guard let key = SecretKey(bytes: RandomBytes.make(32)) else { return [] }
        let server = Server(settings: settings, logger: Logger(label: "kozmic"))
        let configuration = server.controllerConfiguration(instance: "doctor", secretKey: key)
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
        var findings: [Finding] = [.ok("settings", "complete")]
        findings += DoctorData(settings: settings).findings()
        findings += await DoctorData(settings: settings).database()
        let (read, config) = await DoctorAdminRepository(configuration: configuration).findings()
        let projects = config?.desired.projects ?? []
        async let gitHub = DoctorGitHub(
            settings: settings, curl: curl, projects: projects, adminRepository: configuration.adminRepositoryName
        ).findings()
        async let events = DoctorEvents(settings: settings, curl: curl, projects: projects).findings()
        async let docker = DoctorDocker(settings: settings, curl: curl, projects: projects, pulls: pull).findings()
        async let address = DoctorAddress(settings: settings, curl: curl).findings()
        findings += read + (await gitHub) + (await events) + (await docker) + (await address)
        await curl.close()
        return findings
    }
}
