/// What a new revision of the admin repository takes away from what is applied now.
public struct Removals: Sendable, Hashable, CustomStringConvertible {
    /// Things of one kind.
    private struct Kind: Sendable, Hashable {
        var one: String
        var many: String
        var removed: [String]
        var total: Int
        /// Whether one alone, when it is the only one, is no small step.
        var countsAlone = false

        /// A single removal is somebody's decision about one thing, however few there are; only the last project is more.
        func exceeds(_ fraction: Double) -> Bool {
            guard !removed.isEmpty else { return false }
            if fraction == 0 || removed.count == total && countsAlone { return true }
            return removed.count > 1 && (removed.count == total || Double(removed.count) > fraction * Double(total))
        }

        var words: String {
            let names = removed.prefix(5).joined(separator: ", ") + (removed.count > 5 ? ", …" : "")
            return "\(removed.count) of \(total) \(total == 1 ? one : many) (\(names))"
        }
    }

    private var kinds: [Kind]
    /// What each project takes away that becomes authoritative: it may be all of its people, however many there are elsewhere.
    private var losses: [Kind] = []

    /// - Parameters:
    ///   - current: the projects that are applied now.
    ///   - desired: what the new revision says. Its broken projects are not taken for removed.
    ///   - losses: of projects that it makes authoritative, as far as somebody looked who has access to them.
    public init(from current: [Project], to desired: DesiredState, losses: [RepositoryName: AccessLoss] = [:]) {
        let declared = Dictionary(desired.projects.map { ($0.repository, $0) }) { first, _ in first }
        let broken = Set(desired.broken)
        var projects: [String] = []
        var hooks: [String] = []
        var people: [String] = []
        var hookTotal = 0
        var peopleTotal = 0
        for project in current.sorted(by: { $0.repository < $1.repository }) {
            guard let next = declared[project.repository] else {
                if !desired.hasUnreadableFile, !broken.contains(project.repository) {
                    projects.append("\(project.repository)")
                }
                continue
            }
            hookTotal += project.hooks.count
            hooks += project.hooks.filter { next.hook($0.id) == nil }.map { "\(project.repository) \($0.id)" }
            // Nobody loses access by not being declared, unless the declaration is all there is.
            guard next.permissions.authoritative, losses[project.repository] == nil else { continue }
            let (before, after) = (project.permissions.people, next.permissions.people)
            peopleTotal += before.count
            people += before.subtracting(after).sorted().map { "\(project.repository) \($0)" }
        }
        for (repository, loss) in losses.sorted(by: { $0.key < $1.key }) {
            peopleTotal += loss.everybody.count
            let names = loss.names.sorted().map { "\(repository) \($0)" }
            people += names
            self.losses.append(Self.kind(people: names, total: loss.everybody.count))
        }
        kinds = [
            Kind(one: "project", many: "projects", removed: projects, total: current.count, countsAlone: true),
            Kind(one: "hook", many: "hooks", removed: hooks, total: hookTotal),
            Self.kind(people: people, total: peopleTotal),
        ]
    }

    /// What a project takes away that became authoritative.
    public init(_ loss: AccessLoss, of repository: RepositoryName) {
        let names = loss.names.sorted().map { "\(repository) \($0)" }
        kinds = [Self.kind(people: names, total: loss.everybody.count)]
    }

    private static func kind(people: [String], total: Int) -> Kind {
        Kind(one: "person or team", many: "people and teams", removed: people, total: total)
    }

    /// How many things are taken away. The hooks and people of a removed project are not counted besides it.
    public var count: Int { kinds.reduce(0) { $0 + $1.removed.count } }

    /// `2 of 3 projects (acme/a, acme/b), 1 of 7 hooks (acme/c tests)`
    public var description: String { kinds.filter { !$0.removed.isEmpty }.map(\.words).joined(separator: ", ") }

    /// Whether so much at once has to be confirmed.
    public func exceeds(_ fraction: Double) -> Bool { (kinds + losses).contains { $0.exceeds(fraction) } }

    /// The trailer with which a commit confirms its removals.
    public static let trailer = "Kozmic-Allow-Prune"

    /// Why the revision is held; `nil` when it may be applied.
    ///
    /// - Parameters:
    ///   - fraction: `prune.max_fraction`: more than this part of one kind, or all of it, has to be confirmed.
    ///   - messages: of the commits since the revision that is applied now.
    public func refusal(fraction: Double, messages: [String]) -> String? {
        guard exceeds(fraction) else { return nil }
        let confirmed = messages.flatMap(Self.confirmed)
        guard !confirmed.contains(count) else { return nil }
        return "it removes \(self); \(wayOut(instead: confirmed.first))"
    }

    /// Why a project that became authoritative takes access from nobody yet; `nil` when it may.
    ///
    /// - Parameter agreed: the numbers that commits agreed to.
    public func refusal(fraction: Double, agreed: [Int]) -> String? {
        guard exceeds(fraction), !agreed.contains(count) else { return nil }
        return "It became authoritative, and \(self) would lose access: this is held; \(wayOut(instead: agreed.last))."
    }

    private func wayOut(instead wrong: Int?) -> String {
        "if that is meant, push a commit whose message has the line '\(Self.trailer): \(count)'"
            + (wrong.map { " (not \($0))" } ?? "")
    }

    /// The numbers that a message confirms.
    public static func confirmed(_ message: String) -> [Int] {
        message.split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == trailer.lowercased() else { return nil }
            return Int(parts[1].filter { $0 != " " && $0 != "\t" })
        }
    }
}

extension Permissions {
    /// Everybody who is declared, each named once.
    fileprivate var people: Set<String> {
        Set(collaborators.keys.map { $0.lowercased() } + teams.keys.map { "team \($0)" })
    }
}
