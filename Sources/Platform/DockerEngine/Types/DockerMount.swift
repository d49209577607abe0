/// Something that a container sees at a path and that is not part of its image.
public struct DockerMount: Sendable, Hashable {
    /// What is mounted.
    public var source: Source
    /// Where: an absolute path in the container.
    public var target: String
    /// Whether the container may only read it.
    public var readOnly: Bool

    /// Memberwise.
    public init(_ source: Source, at target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }

    /// The kinds of mounts.
    public enum Source: Sendable, Hashable {
        /// A volume by name; the engine fills a new one with what the image has at the path unless `noCopy`.
        case volume(String, noCopy: Bool = false)
        /// A file or folder of the engine's machine, by its absolute path; it must exist.
        case bind(String)
        /// Memory, with a limit in bytes.
        case tmpfs(size: Int64? = nil)
    }
}

extension DockerMount: Encodable {
    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case source = "Source"
        case target = "Target"
        case readOnly = "ReadOnly"
        case volumeOptions = "VolumeOptions"
        case tmpfsOptions = "TmpfsOptions"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(target, forKey: .target)
        if readOnly { try container.encode(true, forKey: .readOnly) }
        switch source {
        case .volume(let name, let noCopy):
            try container.encode("volume", forKey: .type)
            try container.encode(name, forKey: .source)
            if noCopy { try container.encode(["NoCopy": true], forKey: .volumeOptions) }
        case .bind(let path):
            try container.encode("bind", forKey: .type)
            try container.encode(path, forKey: .source)
        case .tmpfs(let size):
            try container.encode("tmpfs", forKey: .type)
            if let size { try container.encode(["SizeBytes": size], forKey: .tmpfsOptions) }
        }
    }
}
