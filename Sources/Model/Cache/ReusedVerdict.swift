/// What a job says that did not run because an earlier one did the same work. Who decides it and who shows it know the
/// sentence from here.
public struct ReusedVerdict: Sendable, Hashable {
    /// The build in which the work was done, of the same project.
    public var build: Int

    private static let words = "the same tree passed in build #"

    /// Memberwise.
    public init(build: Int) { self.build = build }

    /// What the reason of a job tells; `nil` when it tells something else.
    public init?(reason: String) {
        guard reason.hasPrefix(Self.words), let build = Int(reason.dropFirst(Self.words.count)), build > 0 else {
            return nil
        }
        self.build = build
    }

    /// The reason of the job.
    public var reason: String { "\(Self.words)\(build)" }
}
