import Glibc

/// How glibc hands out memory.
enum MemoryArenas {
    /// Two arenas for all threads instead of eight for each core: what one thread frees is then used by the others, which
    /// spares an idle controller a tenth of its own memory. Call it before there are threads.
    static func limit() {
        // <malloc.h> is not part of the Glibc module; on a system without mallopt nothing is changed.
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
        let arenaMaximum: Int32 = -8
        _ = mallopt(arenaMaximum, 2)
    }

    /// Gives what is free inside the arenas back to the system: glibc itself only cuts off their ends.
    static func trim() {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        let trim = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
        _ = trim(0)
    }
}
