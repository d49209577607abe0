extension Sequence where Element: Sendable, Self: Sendable {
    /// Does something with each element, in order, at most `width` of them at the same time. Begins nothing more once the
    /// task is cancelled.
    func forEach(width: Int, _ body: @escaping @Sendable (Element) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for (position, element) in enumerated() {
                if position >= width { await group.next() }
                guard !Task.isCancelled else { return }
                group.addTask { await body(element) }
            }
        }
    }
}
