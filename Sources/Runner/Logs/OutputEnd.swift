/// The last bytes of an output.
struct OutputEnd: Sendable {
    private let most: Int
    private(set) var bytes: [UInt8]

    /// - Parameters:
    ///   - most: how many are kept.
    ///   - bytes: those of before.
    init(_ most: Int, _ bytes: [UInt8] = []) {
        self.most = most
        self.bytes = bytes
    }

    /// Takes the next bytes.
    mutating func add(_ piece: ArraySlice<UInt8>) {
        // The type is said: without it, this is the `suffix` that walks over the whole piece, which is a fifth of all the
        // work for a long log.
        let end: ArraySlice<UInt8> = piece.suffix(most)
        bytes += end
        bytes.removeFirst(max(0, bytes.count - most))
    }
}
