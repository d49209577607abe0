import Model

/// What a project file is read with.
struct ProjectContext {
    /// For the scripts that are files.
    var source: ConfigSource
    /// What `kozmic.yaml` says, defaults applied.
    var settings: HookSettings
    /// Who is mailed, by what `kozmic.yaml` says.
    var mail: MailRules
    /// If not empty, only these base images may be used.
    var allowedImages: [Glob]

    /// `debian` is `debian:latest`, whichever of them is on the list.
    func isAllowed(_ image: String) -> Bool {
        guard !allowedImages.isEmpty else { return true }
        var names = [image]
        if let reference = try? ImageReference(image), reference.digest == nil {
            if reference.tag == nil { names.append("\(image):latest") }
            if reference.tag == "latest" { names.append(reference.name) }
        }
        return names.contains { name in allowedImages.contains { $0.matches(name) } }
    }
}
