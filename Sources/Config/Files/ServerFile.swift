import Model
import YAML

/// `kozmic.yaml`.
struct ServerFile {
    static let path = "kozmic.yaml"

    var findings = Findings(path: path)
    var settings = ServerSettings()
    /// What stands under `defaults:`.
    var defaults = SettingsPart()

    var isValid: Bool { !findings.hasErrors }

    static func read(_ source: ConfigSource) -> ServerFile {
        var file = ServerFile()
        switch source.content(path) {
        case .bytes(let bytes):
            let document = YAMLDocument.parse(bytes)
            for error in document.errors { file.findings.error(error.position, error.message) }
            if let root = document.root { file.read(root) }
        case .unreadable(let reason): file.findings.error(.start, "the file \(reason)")
        case .missing: file.checkAbsence(source)
        }
        return file
    }

    /// Everything has a default, so the file may be missing; but then it should not be there under another name, and
    /// a repository with neither settings nor projects is most likely the wrong one, which must not remove everything.
    private mutating func checkAbsence(_ source: ConfigSource) {
        let otherName = "kozmic.yml"
        if source.content(otherName) != .missing {
            // It stands at a file that is there.
            findings = Findings(path: otherName)
            findings.error(.start, "\(otherName) is not read; call it \(Self.path)")
        } else if source.projectFiles.isEmpty {
            findings.error(
                .start, "neither kozmic.yaml nor a project file under projects/; is this the admin repository?")
        }
    }

    private mutating func read(_ root: YAMLNode) {
        guard let reader = MappingReader<ServerKey>(root, findings, name: Self.path) else { return }
        if let version = reader.locate(.version, Whole(1...Int.max)), version.value != 1 {
            findings.error(version.position, "version \(version.value) is not known here; this Kozmic reads version 1")
        }
        if let defaults = reader.mapping(.defaults, SettingsKey.self) { self.defaults = SettingsPart(defaults) }
        if let prune = reader.mapping(.prune, PruneKey.self), let part = prune.read(.maxFraction, Fraction()) {
            settings.pruneMaxFraction = part
        }
        if let retention = reader.mapping(.retention, RetentionKey.self) { read(retention) }
        let mail = MailPart(reader.mapping(.notify, NotifyKey.self))
        if let outcomes = mail.on { settings.mailOn = outcomes.map(\.rawValue) }
        if let people = mail.to { settings.mailTo = people }
        settings.allowedImages = reader.read(.allowedImages, ListOf(GlobText(use: .images))) ?? []
        settings.allowedSigners = reader.read(.allowedSigners, ListOf(SignerKey())) ?? []
    }

    private mutating func read(_ retention: MappingReader<RetentionKey>) {
        if let days = retention.read(.days, Whole(1...36_500)) { settings.retention.days = days }
        if let builds = retention.read(.builds, Whole(1...1_000_000)) { settings.retention.builds = builds }
        if let keeps = retention.read(.keepLastSuccess, Flag()) { settings.retention.keepLastSuccess = keeps }
    }
}
