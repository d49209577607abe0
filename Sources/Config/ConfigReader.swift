import Model

/// Admin repository → desired state and diagnostics.
public enum ConfigReader {
    /// Reads all files. Never throws: whatever is wrong is a diagnostic, and touches no more than its own project,
    /// except that
    /// - a broken `kozmic.yaml` lets nothing be applied: every repository that is named is in `desired.broken`,
    ///   `desired.hasUnreadableFile` and `desired.hasBrokenSettings` are set;
    /// - a project file whose repository cannot be known sets `desired.hasUnreadableFile`: nothing may be removed.
    public static func read(_ source: ConfigSource) -> ConfigResult {
        let server = ServerFile.read(source)
        let context = ProjectContext(
            source: source, settings: server.defaults.applied(to: HookSettings()),
            mail: server.settings.mail, allowedImages: AllowedImages(server.settings.allowedImages))
        let files = source.projectFiles.map { ProjectFile.read($0, context) }
        reportRepetitions(files)

        var desired = DesiredState(projects: server.isValid ? files.filter(\.isValid).compactMap(\.project) : [])
        let broken = files.filter { !server.isValid || !$0.isValid }.compactMap { $0.repository?.value }
        desired.broken = Set(broken).sorted()
        desired.hasUnreadableFile = !server.isValid || files.contains { !$0.isRepositoryKnown }
        desired.hasBrokenSettings = !server.isValid
        desired.server = server.settings
        let diagnostics = server.findings.diagnostics + files.flatMap(\.findings.diagnostics)
        return ConfigResult(
            desired: desired, diagnostics: diagnostics.sorted(),
            secrets: server.isValid ? files.flatMap(\.secrets) : [])
    }

    /// Two files for one repository: neither is applied, and each names the other.
    private static func reportRepetitions(_ files: [ProjectFile]) {
        struct Declaration {
            var file: ProjectFile
            var repository: Located<RepositoryName>
        }
        var first: [RepositoryName: Declaration] = [:]
        for file in files {
            guard let repository = file.repository else { continue }
            let declaration = Declaration(file: file, repository: repository)
            guard let earlier = first[repository.value] else {
                first[repository.value] = declaration
                continue
            }
            for (here, there) in [(declaration, earlier), (earlier, declaration)] {
                here.file.findings.error(
                    here.repository.position,
                    "\(here.repository.value) is declared twice, also at "
                        + "\(there.file.path):\(there.repository.position)")
            }
        }
    }
}
