/// A version of the engine's protocol, such as `1.41`.
public struct DockerAPIVersion: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The part before the dot.
    public var major: Int
    /// The part after the dot: 9 comes before 41.
    public var minor: Int

    /// The oldest version that Kozmic speaks (Docker 19.03).
    public static let oldest = Self(major: 1, minor: 40)
    /// The newest version that Kozmic knows; a newer engine is asked to speak this one.
    public static let newest = Self(major: 1, minor: 51)

    /// Memberwise.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `1.41`; nothing else is a version.
    public init?(_ description: String) {
        let parts = description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Self.number(parts[0]), let minor = Self.number(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && text.count <= 4
            ? Int(text) : nil
    }
}
