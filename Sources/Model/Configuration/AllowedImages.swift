/// The base images that hooks may use, by what `allowed_images` of `kozmic.yaml` says.
public struct AllowedImages: Sendable {
    private let globs: [Glob]

    /// - Parameter patterns: none of them allow everything.
    public init(_ patterns: [String]) { globs = patterns.map(Glob.init) }

    /// `debian` is `debian:latest`, whichever of them is on the list.
    public func allow(_ image: String) -> Bool {
        guard !globs.isEmpty else { return true }
        var names = [image]
        if let reference = try? ImageReference(image), reference.digest == nil {
            if reference.tag == nil { names.append("\(image):latest") }
            if reference.tag == "latest" { names.append(reference.name) }
        }
        return names.contains { name in globs.contains { $0.matches(name) } }
    }
}
