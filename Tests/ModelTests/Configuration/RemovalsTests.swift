import Model
import Testing

@Suite("A commit that removes much is held")
struct RemovalsTests {
    private func project(_ name: String, _ hooks: String..., people: [String] = [], authoritative: Bool = false) throws
        -> Project
    {
        let repository = try #require(RepositoryName("acme/\(name)"))
        var project = Project(
            repository: repository,
            hooks: try hooks.map { Hook(id: try #require(HookID($0)), image: "debian", buildScript: "#!/bin/sh\n") })
        for person in people { project.permissions.collaborators[person] = .push }
        project.permissions.authoritative = authoritative
        return project
    }

    private func projects(_ count: Int, _ hooks: Int = 1) throws -> [Project] {
        try (0..<count).map { number in
            var project = try project("p\(number)")
            project.hooks = try (0..<hooks).map {
                Hook(id: try #require(HookID("h\($0)")), image: "debian", buildScript: "#!/bin/sh\n")
            }
            return project
        }
    }

    @Test(
        "projects: one is a decision, the last one and a crowd are not",
        arguments: [
            (1, 1, 0.25, true), (2, 1, 0.25, false), (2, 2, 0.25, true), (8, 2, 0.25, false), (8, 3, 0.25, true),
            (8, 7, 1, false), (8, 8, 1, true), (100, 1, 0, true), (100, 0, 0, false), (1, 0, 0, false),
            (0, 0, 0.25, false),
        ])
    func projects(total: Int, removed: Int, fraction: Double, isHeld: Bool) throws {
        let current = try projects(total)
        let removals = Removals(from: current, to: DesiredState(projects: Array(current.dropFirst(removed))))
        #expect(removals.exceeds(fraction) == isHeld)
        #expect(removals.count == removed)
    }

    @Test(
        "hooks: of the projects that stay",
        arguments: [(1, 1, false), (3, 1, false), (3, 2, true), (2, 2, true), (9, 2, false)])
    func hooks(total: Int, removed: Int, isHeld: Bool) throws {
        let current = try projects(1, total)
        var next = current
        next[0].hooks.removeFirst(removed)
        let removals = Removals(from: current, to: DesiredState(projects: next))
        #expect(removals.exceeds(0.25) == isHeld)
        #expect(removals.count == removed)
    }

    @Test("a removed project's hooks are not counted besides it")
    func once() throws {
        let current = [try project("a", "x", "y", "z"), try project("b", "x"), try project("c", "x")]
        let removals = Removals(from: current, to: DesiredState(projects: Array(current.dropFirst())))
        #expect(removals.count == 1 && !removals.exceeds(0.4))
    }

    @Test("people lose access only where the declaration is all there is")
    func people() throws {
        let everybody = ["ann", "Bob", "cyd", "dan"]
        let current = [try project("a", "x", people: everybody, authoritative: true)]
        let fewer = [try project("a", "x", people: ["ANN", "bob"], authoritative: true)]
        let removals = Removals(from: current, to: DesiredState(projects: fewer))
        #expect(removals.exceeds(0.25) && !removals.exceeds(0.5))
        #expect(removals.description == "2 of 4 people and teams (acme/a cyd, acme/a dan)")
        let additive = [try project("a", "x", people: ["ann"])]
        #expect(Removals(from: current, to: DesiredState(projects: additive)).count == 0)
    }

    @Test("those whom nobody declared count where a project becomes authoritative, in each such project by itself")
    func losses() throws {
        let large = try project("z", "x", people: (0..<40).map { "p\($0)" }, authoritative: true)
        let current = [try project("a", "x", people: ["ann"]), large]
        let next = [try project("a", "x", people: ["ann"], authoritative: true), large]
        let desired = DesiredState(projects: next)
        #expect(Removals(from: current, to: desired).count == 0)
        let loss = AccessLoss(names: ["eve", "mallory", "team ops"], everybody: ["ann", "eve", "mallory", "team ops"])
        let removals = Removals(from: current, to: desired, losses: [current[0].repository: loss])
        #expect(removals.exceeds(0.25) && !removals.exceeds(0.75))
        #expect(removals.count == 3)
        #expect(removals.description == "3 of 44 people and teams (acme/a eve, acme/a mallory, acme/a team ops)")
        let one = AccessLoss(names: ["eve"], everybody: ["eve"])
        #expect(!Removals(from: current, to: desired, losses: [current[0].repository: one]).exceeds(0.25))
    }

    @Test(
        "a project that became authoritative takes nothing until its number was agreed to", arguments: [[], [2], [3]])
    func agreement(agreed: [Int]) throws {
        let loss = AccessLoss(names: ["eve", "mallory", "team ops"], everybody: ["ann", "eve", "mallory", "team ops"])
        let refusal = Removals(loss, of: try project("a").repository).refusal(fraction: 0.25, agreed: agreed)
        #expect((refusal == nil) == (agreed == [3]))
        if let refusal {
            #expect(refusal.contains("3 of 4 people and teams (acme/a eve, ") && refusal.contains("would lose access"))
            #expect(refusal.contains("'Kozmic-Allow-Prune: 3'") && refusal.contains("(not 2)") == (agreed == [2]))
        }
    }

    @Test("what is broken or cannot be known is not removed")
    func broken() throws {
        let current = try projects(3)
        var desired = DesiredState(projects: [])
        desired.broken = [current[0].repository, current[1].repository]
        #expect(Removals(from: current, to: desired).count == 1)
        desired.hasUnreadableFile = true
        #expect(Removals(from: current, to: desired).count == 0)
    }

    @Test(
        "only the right number lets it through",
        arguments: [
            ("Clean up\n\nKozmic-Allow-Prune: 2\n", true), ("Clean up\n\nkozmic-allow-prune:2\r\n", true),
            ("Clean up\n\nKozmic-Allow-Prune: 3\n", false), ("Clean up\n", false), ("Kozmic-Allow-Prune: all\n", false),
            ("see Kozmic-Allow-Prune: 2", false), ("Kozmic-Allow-Prune: 1\nKozmic-Allow-Prune: 2", true),
        ])
    func trailer(message: String, passes: Bool) throws {
        let current = try projects(3)
        let removals = Removals(from: current, to: DesiredState(projects: [current[2]]))
        let reason = removals.refusal(fraction: 0.25, messages: ["Earlier", message])
        #expect((reason == nil) == passes)
        if let reason {
            #expect(reason.hasPrefix("it removes 2 of 3 projects (acme/p0, acme/p1); if that is meant"))
            #expect(reason.contains("'Kozmic-Allow-Prune: 2'"))
        }
    }
}
