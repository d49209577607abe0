/// What a checkout wrote, as far as whoever asked for it wants to know without reading the commit again.
public struct GitCheckout: Sendable, Hashable {
    /// Files and folders of the commit.
    public var entries = 0
    /// The bytes of the packs and objects in its `.git`.
    public var objectBytes = 0
    /// The root's `.gitattributes`; `nil` without one, or where it is no file of a reasonable size.
    public var attributes: [UInt8]?
}
