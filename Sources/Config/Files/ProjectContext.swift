import Model

/// What a project file is read with.
struct ProjectContext {
    /// For the scripts that are files.
    var source: ConfigSource
    /// What `kozmic.yaml` says, defaults applied.
    var settings: HookSettings
    /// Who is mailed, by what `kozmic.yaml` says.
    var mail: MailRules
    /// The base images that hooks may use.
    var allowedImages: AllowedImages
}
