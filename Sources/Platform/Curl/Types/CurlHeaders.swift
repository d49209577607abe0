/// The headers of a response, in their order.
public struct CurlHeaders: Sendable, Hashable {
    /// All of them; a name may occur more than once.
    public var all: [CurlHeader]

    /// Headers from a list.
    public init(_ all: [CurlHeader] = []) {
        self.all = all
    }

    /// The value of the first header with this name, whatever the case of its letters.
    public subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return all.first { $0.name.lowercased() == wanted }?.value
    }
}
