import Glibc

/// Finds bytes in bytes.
enum ByteSearch {
    private typealias Function =
        @convention(c) (UnsafeRawPointer, Int, UnsafeRawPointer, Int) -> UnsafeMutableRawPointer?

    /// The C library's own, which is linear and looks at many bytes at once. It is an extension that the Glibc module leaves
    /// out, so it is looked up by its name.
    private static let memmem = dlsym(nil, "memmem").map { unsafeBitCast($0, to: Function.self) }

    /// The first place from `start` on, or `nil`.
    static func first(_ needle: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let initial = needle.first, start < bytes.count else { return nil }
        if let memmem {
            return needle.withUnsafeBytes { needle in
                guard let first = needle.baseAddress else { return nil }
                return memmem(base + start, bytes.count - start, first, needle.count)
                    .map { base.distance(to: UnsafeRawPointer($0)) }
            }
        }
        var place = start
        while let found = memchr(base + place, Int32(initial), bytes.count - place) {
            place = base.distance(to: UnsafeRawPointer(found))
            guard place + needle.count <= bytes.count else { return nil }
            if memcmp(base + place, needle, needle.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
