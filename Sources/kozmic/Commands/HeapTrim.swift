import ServiceLifecycle

/// Gives freed memory back to the system again and again.
///
/// Looking at a thousand projects makes and frees tens of megabytes of small objects, between which some stay; without this
/// a controller keeps 128 MiB where 92 do (`Benchmarks/scale.py`, 1,000 projects).
struct HeapTrim: Service {
    /// A trim takes some milliseconds; what is freed and needed again within this time stays.
    private static let interval: Duration = .seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { MemoryArenas.trim() }
        }
    }
}
