import Config
import Controller
import Model
import Store

/// `kozmic plan --adopt PROJECT`
extension PlanCommand {
    /// Prints the keys of a project's file with which what GitHub has, although nobody asked for it, is declared.
    ///
    /// - Throws: `SettingProblem` when there is no such project or GitHub cannot be asked.
    func printAdoption(of name: String, _ settings: ServeSettings) async throws {
        guard let repository = RepositoryName(name) else { throw SettingProblem.usage("'\(name)' is not OWNER/REPO") }
        let secretKey = try existingKey(settings)
        let result = try await read(settings, secretKey, nil).result
        guard let project = result.desired.project(repository) else {
            throw SettingProblem("the admin repository declares no \(repository)")
        }
        guard let records = try await Store.peek(dataDirectory: settings.dataDirectory), secretKey != nil else {
            throw SettingProblem("--data-dir: only the server's data tell what nobody asked for")
        }
        let known = records.filter { $0.project.repository == repository }
        let entry = await live(settings, secretKey, known, DesiredState(projects: [project])).first
        guard let entry, entry.error == nil else {
            throw SettingProblem(entry?.error ?? "\(repository) cannot be compared")
        }
        let adoption = entry.adoption(project)
        guard !adoption.isEmpty else { return Print.error("\(repository): nothing differs that nobody asked for") }
        switch output {
        case .json: try Print.json(["project": "\(repository)", "yaml": adoption.text])
        case .text, .markdown: print(adoption.text, terminator: "")
        }
    }
}
