import Dispatch
import Glibc
import Synchronization

/// Writes the files of a work tree, on several threads when there are many: nearly all of the time is the kernel's, which
/// makes files in different folders side by side.
///
/// One thread walks the tree and gives orders; it works on them itself when too many wait, so the folders that are open are
/// few, and it takes the results, so nothing that it notes them in needs to be shared.
final class FileCrew: Sendable {
    /// Files of one folder.
    struct Order: Sendable {
        let folder: Folder
        /// The folder's path in the work tree.
        let path: [UInt8]
        let items: [TreeItem]
    }

    /// Files that are there, with what the file system says about each.
    struct Written: Sendable {
        let path: [UInt8]
        let items: [TreeItem]
        let facts: [stat]
    }

    private struct State {
        var orders: [Order] = []
        var written: [Written] = []
        var helpers = 0
        var isClosed = false
        var error: GitError?
    }

    /// So many files of one folder are one order.
    static let most = 256
    /// So many orders wait at most, each with a descriptor.
    private static let waiting = 64
    /// More threads than this one: beyond a few they only wait for the file system's journal.
    private static let helpers = max(0, min(3, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1))
    private static let queue = DispatchQueue(label: "kozmic.git.files", attributes: .concurrent)

    private let repository: String
    private let writer: FileWriter
    private let state = Mutex(State())
    private let isStopped = Atomic(false)
    /// Counts the orders, and at the end the helpers.
    private let news = DispatchSemaphore(value: 0)
    private let helping = DispatchGroup()

    /// - Parameter repository: its folder, which each helper opens for itself.
    init(_ repository: String, _ writer: FileWriter) {
        self.repository = repository
        self.writer = writer
    }

    /// Hands over files to be written.
    ///
    /// - Parameter own: the repository as this thread has it open.
    /// - Returns: what was written meanwhile.
    /// - Throws: what went wrong with any file.
    func order(_ order: Order, _ own: BareRepository) throws(GitError) -> [Written] {
        let (isHelpWanted, isFull) = state.withLock { state in
            state.orders.append(order)
            let files = state.orders.reduce(0) { $0 + $1.items.count }
            let isHelpWanted = files > Self.most && state.helpers < Self.helpers
            if isHelpWanted { state.helpers += 1 }
            return (isHelpWanted, state.orders.count > Self.waiting)
        }
        news.signal()
        if isHelpWanted { Self.queue.async(group: helping) { self.help() } }
        if isFull, let next = take() { perform(next, own) }
        return try results()
    }

    /// Works on what still waits, and waits for the others.
    func finish(_ own: BareRepository) throws(GitError) -> [Written] {
        while !isStopped.load(ordering: .relaxed), let next = take() { perform(next, own) }
        close()
        return try results()
    }

    /// Nothing more is written once this returns; what still waited is not.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        close()
    }

    private func close() {
        let helpers = state.withLock { state in
            state.isClosed = true
            return state.helpers
        }
        for _ in 0..<helpers { news.signal() }
        helping.wait()
    }

    private func help() {
        do throws(GitError) {
            try BareRepository.open(repository) { repository throws(GitError) in
                while true {
                    news.wait()
                    if let order = take() {
                        perform(order, repository)
                    } else if state.withLock({ $0.isClosed }) {
                        return
                    }
                }
            }
        } catch {
            fail(error)
        }
    }

    private func take() -> Order? {
        state.withLock { $0.orders.isEmpty ? nil : $0.orders.removeFirst() }
    }

    private func perform(_ order: Order, _ repository: BareRepository) {
        var facts: [stat] = []
        facts.reserveCapacity(order.items.count)
        do throws(GitError) {
            for item in order.items {
                if isStopped.load(ordering: .relaxed) { return }
                // Seen by the thread that gave the orders; the others stop because of it.
                try LibGit2.checkCancellation()
                facts.append(try writer.write(item, into: order.folder, from: repository))
            }
        } catch {
            return fail(error)
        }
        let written = Written(path: order.path, items: order.items, facts: facts)
        state.withLock { $0.written.append(written) }
    }

    private func fail(_ error: GitError) {
        state.withLock { $0.error = $0.error ?? error }
        isStopped.store(true, ordering: .relaxed)
    }

    private func results() throws(GitError) -> [Written] {
        let (written, error) = state.withLock { state in
            defer { state.written = [] }
            return (state.written, state.error)
        }
        if let error { throw error }
        return written
    }
}
