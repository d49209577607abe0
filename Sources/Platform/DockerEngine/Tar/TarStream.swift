/// A tar archive as a stream of chunks, made while it is read; nothing of it is kept, however large the files are.
///
/// It may be read several times; every reader reads the files anew.
public struct TarStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    /// What an archive is made of, in this order.
    enum Part: Sendable {
        case entry(TarEntry)
        case tree(folder: String, prefix: [UInt8], uid: UInt32, gid: UInt32)
    }

    private var parts: [Part]

    /// These entries, in this order. Folders are not made up: what the other side does not have must be among them.
    public init(_ entries: [TarEntry]) {
        parts = entries.map(Part.entry)
    }

    /// These entries, in this order.
    public init(_ entries: TarEntry...) {
        self.init(entries)
    }

    /// A folder of this machine with all that is in it, under another path and with another owner. An empty `prefix`
    /// leaves out the folder itself. Sockets, pipes and devices are skipped; links are kept and not followed.
    public static func directory(_ folder: String, prefix: String, uid: UInt32, gid: UInt32) -> Self {
        var stream = Self([])
        stream.parts = [.tree(folder: folder, prefix: [UInt8](prefix.utf8), uid: uid, gid: gid)]
        return stream
    }

    /// One archive with what both have.
    public static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.parts += b.parts
        return sum
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(packer: TarPacker(parts: parts))
    }

    /// Makes the chunks, on a thread of its own: reading files blocks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let packer: TarPacker

        public mutating func next() async throws -> [UInt8]? {
            try Task.checkCancellation()
            return try await packer.next()
        }
    }
}
