import Model
import YAML

/// One file under `projects/`.
struct ProjectFile {
    var path: String
    var findings: Findings
    /// The repository that it declares, if that much can be read.
    var repository: Located<RepositoryName>?
    /// Whether `repository` is certain: two of them in one file are no answer.
    var isRepositoryKnown = false
    /// The project as far as it could be read; use it only when the file is valid.
    var project: Project?

    var isValid: Bool { !findings.hasErrors && project != nil }

    static func read(_ path: String, _ context: ProjectContext) -> ProjectFile {
        var file = ProjectFile(path: path, findings: Findings(path: path))
        switch context.source.content(path) {
        case .bytes(let bytes): file.read(YAMLDocument.parse(bytes), context)
        case .missing: file.findings.error(.start, "the file is missing")
        case .unreadable(let reason): file.findings.error(.start, "the file \(reason)")
        }
        return file
    }

    private mutating func read(_ document: YAMLDocument, _ context: ProjectContext) {
        for error in document.errors { findings.error(error.position, error.message) }
        findings.isCut = document.isCut
        guard let root = document.root else {
            if document.errors.isEmpty {
                findings.error(.start, "the file declares nothing; to remove a project, delete its file")
            }
            return
        }
        guard let reader = MappingReader<ProjectKey>(root, findings, name: "the project") else { return }
        reader.require(.repository)
        repository = reader.locate(.repository, RepositoryText())
        isRepositoryKnown =
            repository != nil && !document.errors.contains { $0.message.hasPrefix("duplicate key 'repository'") }
        let settings = SettingsPart(reader.keys(of: SettingsKey.self)).applied(to: context.settings)
        let owner = reader.read(.owner, Login())
        let permissions = reader.mapping(.permissions, PermissionsKey.self).map(Permissions.init)
        let deployKey: Project.DeployKeyMode? = reader.read(.deployKey, Choice())
        let mail = MailPart(reader.mapping(.notify, NotifyKey.self))
        let hooks = reader.read(.hooks, Hooks(context: context, settings: settings)) ?? []
        if !findings.hasErrors, hooks.isEmpty {
            findings.warning(reader.position(of: .hooks), "the project has no hooks, so nothing runs")
        }
        guard let name = repository?.value else { return }
        for (variable, sealed) in findings.secrets where !sealed.value.isBound(to: name, name: variable) {
            findings.error(
                sealed.position,
                "this value was sealed for another project or another name; seal it for \(name.key) and \(variable)")
        }
        var project = Project(repository: name, owner: owner, hooks: hooks, file: path)
        project.settings = settings
        project.permissions = permissions ?? Permissions()
        project.deployKey = deployKey ?? .auto
        project.mail = mail.applied(to: context.mail)
        self.project = project
    }
}

extension ProjectFile {
    /// The sealed values of a valid file.
    var secrets: [DeclaredSecret] {
        guard isValid, let repository = repository?.value else { return [] }
        return findings.secrets.map { name, sealed in
            DeclaredSecret(
                repository: repository, name: name, sealed: sealed.value.description, path: path,
                line: sealed.position.line, column: sealed.position.column)
        }
    }
}

extension Permissions {
    init(_ reader: MappingReader<PermissionsKey>) {
        self.init()
        // GitHub's answers and pages call two of the levels by other words than its requests.
        let level = Choice<PermissionLevel>(synonyms: ["read": "pull", "write": "push"])
        authoritative = reader.read(.authoritative, Flag()) ?? false
        collaborators =
            reader.read(.collaborators, MapOf(name: Login(), element: level, ignoresCase: true)) ?? [:]
        teams = reader.read(.teams, MapOf(name: TeamSlug(), element: level)) ?? [:]
    }
}
