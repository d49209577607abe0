import ArgumentParser
import Config
import Controller
import Curl
import Foundation
import GitHub
import Logging
import Model
import Store

/// `kozmic plan [DIR or revision]`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print what would change on GitHub.",
        discussion: """
            Compares an admin repository with GitHub as it is now and changes nothing. With a folder, its work tree is \
            read, else that revision, else the branch that the server reads. What the server remembers (which webhooks \
            and keys are its own, what was as declared at the last pass) is read from --data-dir, also while the \
            server runs; without it what looks like the server's own is taken for it, and nothing is known to be drift. \
            It also says when the server would hold the revision, because it removes much or is not signed.

            With --stored it tells only of the projects whose configuration differs from the one that is applied.

            With --explain it says where a project's settings come from, and needs no GitHub: each with its file and \
            line, who wrote it, and what it won against.

            Exit status: 0 nothing to change, 2 changes are pending, 1 errors, or the revision would be held. Drift that is \
            only reported (drift: report) is shown and is no change that is pending.
            """)

    @Argument(help: "The work tree of an admin repository, or a branch, tag or commit of it.")
    var revision: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Print where a project's settings come from instead: acme/widget, or acme/widget hooks.tests.timeout.",
            discussion: "kozmic.yaml instead of a project explains the server's own settings and the defaults.",
            valueName: "project [setting]"))
    var explain: [String] = []

    @Flag(help: "Compare with what the server remembers of GitHub instead of asking it: needs no token.")
    var stored = false

    @Option(
        help: ArgumentHelp(
            "Print the lines of a project's file with which the differences that nobody asked for are declared.",
            valueName: "project"))
    var adopt: String?

    @OptionGroup var options: ServeOptions

    @Option(help: "text, json or markdown")
    var output = PlanOutput.text

    func validate() throws {
        guard explain.count <= 2 else { throw ValidationError("--explain takes a project and one setting") }
    }

    func run() async throws {
        try await attempt("kozmic plan") {
            if let name = explain.first {
                let explanation = SettingsExplanation(name: name, path: explain.dropFirst().first)
                return try await explanation.print(as: output, folder: isFolder ? revision : nil, revision, options)
            }
            var options = options
            // A work tree needs no address of the repository.
            if isFolder { options.configRepo = options.configRepo ?? "/" }
            let settings = try ServeSettings(options)
            if !stored { try settings.requireGitHubIdentity() }
            if let adopt { return try await printAdoption(of: adopt, settings) }
            let report = try await plan(settings)
            try report.print(as: output)
            if report.hasErrors { throw ExitCode.failure }
            if report.hasChanges { throw ExitCode(2) }
        }
    }

    private var isFolder: Bool {
        var isFolder: ObjCBool = false
        guard let revision, FileManager.default.fileExists(atPath: revision, isDirectory: &isFolder) else {
            return false
        }
        return isFolder.boolValue
    }

    private func plan(_ settings: ServeSettings) async throws -> PlanReport {
        let secretKey = try existingKey(settings)
        var records: [ReconcileRecord]?
        var applied: AppliedConfiguration?
        do {
            records = try await Store.peek(dataDirectory: settings.dataDirectory)
            applied = try await Store.peekApplied(dataDirectory: settings.dataDirectory)
        } catch {
            Print.error("kozmic plan: what the server remembers cannot be read: \(error)")
        }
        let reading = try await read(settings, secretKey, applied, records ?? [])
        let entries: [LivePlan.Entry]
        if stored {
            guard let records, let secretKey else {
                throw SettingProblem("--stored needs a server's --data-dir and its secret key")
            }
            entries = StoredPlan(
                records: records, externalURL: settings.externalURL, secretKey: secretKey,
                oldSecretKeys: settings.oldSecretKeys
            ).entries(reading.result.desired)
        } else {
            entries = await live(settings, secretKey, records, reading.result.desired)
        }
        return PlanReport(diagnostics: reading.result.diagnostics, entries: entries, refusal: reading.refusal)
    }

    func live(
        _ settings: ServeSettings, _ secretKey: SecretKey?, _ records: [ReconcileRecord]?, _ desired: DesiredState
    ) async -> [LivePlan.Entry] {
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
        let client = settings.gitHubClient(curl)
        let live = LivePlan(
            client: client, externalURL: settings.externalURL, secretKey: secretKey,
            oldSecretKeys: settings.oldSecretKeys, records: records)
        let entries = await live.entries(desired)
        await curl.close()
        return entries
    }

    /// The server's key, if there is one; a plan makes none.
    func existingKey(_ settings: ServeSettings) throws -> SecretKey? {
        let isThere = FileManager.default.fileExists(atPath: settings.secretKeyFile)
        return settings.isSecretKeyOurs && !isThere ? nil : try SecretKeyFile.read(settings.secretKeyFile)
    }

    func read(
        _ settings: ServeSettings, _ secretKey: SecretKey?, _ applied: AppliedConfiguration?,
        _ records: [ReconcileRecord] = []
    ) async throws -> AdminRevision.Reading {
        if isFolder, let revision {
            let result = ConfigReader.read(try ConfigSource.directory(revision))
            return try await AdminRevision.judge(result, folder: revision, applied: applied, records: records)
        }
        guard let key = secretKey ?? SecretKey(bytes: [UInt8](repeating: 0, count: 32)) else {
            throw SettingProblem("there is no secret key")
        }
        var logger = Logger(label: "kozmic")
        logger.logLevel = .error
        let configuration = Server(settings: settings, logger: logger).controllerConfiguration(
            instance: "plan", secretKey: key)
        return try await AdminRevision.read(configuration, revision: revision, applied: applied, records: records)
    }
}

/// How a plan is printed.
enum PlanOutput: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
}
