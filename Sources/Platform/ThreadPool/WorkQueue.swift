/// What waits, first come first served. Those that were taken are removed many at once.
struct WorkQueue: Sendable {
    private var items: [ThreadPool.Work?] = []
    private var first = 0

    var count: Int { items.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ work: ThreadPool.Work) { items.append(work) }

    mutating func popFirst() -> ThreadPool.Work? {
        guard first < items.count else { return nil }
        defer {
            first += 1
            if first == items.count {
                items.removeAll(keepingCapacity: first <= 1024)
                first = 0
            } else if first == 1024 {
                items.removeFirst(first)
                first = 0
            }
        }
        return items[first].take()
    }
}
