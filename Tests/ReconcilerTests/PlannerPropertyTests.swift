import Model
import Reconciler
import SeededRandom
import Testing

@Suite struct PlannerPropertyTests {
    private static let people = ["alice", "Bob", "carol", "dave", "erin", "kozmic", "octocat"]
    private static let levels = PermissionLevel.allCases
    private static let title = DesiredDeployKey.title(externalURL: external + "/")

    @Test(
        "after a plan, applied whole or cut anywhere and planned again, nothing is left to do, and nobody is shut out")
    func converges() throws {
        var random = SeededGenerator(seed: 20_261_125)
        var (operations, problems) = (0, 0)
        for round in 0..<5000 {
            var desired = try desired(using: &random)
            var model = RepositoryModel(observed(using: &random))
            model.members = Set(Self.people.filter { _ in Bool.random(using: &random) }.map { $0.lowercased() })
            let before = model.observed
            var shuffled = before
            shuffled.collaborators.shuffle(using: &random)
            shuffled.invitations.shuffle(using: &random)
            shuffled.teams.shuffle(using: &random)
            shuffled.deployKeys.shuffle(using: &random)
            shuffled.webhooks.shuffle(using: &random)
            let plan = Planner.plan(desired, before, externalURL: external)
            #expect(plan == Planner.plan(desired, shuffled, externalURL: external), "round \(round)")
            operations += plan.operations.count
            problems += plan.problems.count

            // The process is killed in the middle up to three times, sometimes after an operation that was not recorded.
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let next = Planner.plan(desired, model.observed, externalURL: external)
                for operation in next.operations.prefix(Int.random(in: 0...3, using: &random)) {
                    apply(operation, to: &model, &desired)
                }
            }
            for operation in Planner.plan(desired, model.observed, externalURL: external).operations {
                apply(operation, to: &model, &desired)
            }
            let rest = Planner.plan(desired, model.observed, externalURL: external)
            #expect(rest.operations.isEmpty, "round \(round): \(rest)")
            #expect(rest.problems == plan.problems)
            check(desired, before, model.observed, plan)
        }
        #expect(operations > 10_000)
        #expect(problems > 200)
    }

    @Test(
        "what hands changed is drift, what is declared anew is not; whoever only reports drift writes nothing about it")
    func drift() throws {
        var random = SeededGenerator(seed: 20_261_127)
        var (drifted, asked) = (0, 0)
        for round in 0..<3000 {
            var desired = try desired(using: &random)
            var model = RepositoryModel(observed(using: &random))
            model.members = Set(Self.people.map { $0.lowercased() })
            converge(&desired, &model)
            let problems = Planner.plan(desired, model.observed, externalURL: external).problems
            guard problems.isEmpty else { continue }
            let baseline = Baseline(desired: desired, isPrivate: model.observed.isPrivate)

            // Declared anew, and nobody touched GitHub.
            var next = try self.desired(using: &random)
            next.deployKey.held = desired.deployKey.held
            let wanted = Planner.plan(next, model.observed, externalURL: external)
            asked += wanted.operations.count
            #expect(
                Planner.drift(in: wanted, since: baseline, model.observed, externalURL: external).isEmpty,
                "round \(round)")

            // Touched by hand, and nothing declared anew.
            meddle(&model.observed, using: &random)
            let repair = Planner.plan(desired, model.observed, externalURL: external)
            let drift = Planner.drift(in: repair, since: baseline, model.observed, externalURL: external)
            #expect(drift == repair.operations, "round \(round)")
            drifted += drift.count

            // Both at once, with drift only reported: what is done leaves the drift, and then nothing is left to do.
            let both = Planner.plan(next, model.observed, externalURL: external)
            guard both.problems.isEmpty else { continue }
            let left = Planner.drift(in: both, since: baseline, model.observed, externalURL: external)
            for operation in both.operations where !left.contains(operation) { apply(operation, to: &model, &next) }
            let later = Baseline(desired: next, isPrivate: model.observed.isPrivate)
            let rest = Planner.plan(next, model.observed, externalURL: external)
            #expect(
                Planner.drift(in: rest, since: later, model.observed, externalURL: external) == rest.operations,
                "round \(round)")
            #expect(rest.operations.count <= left.count, "round \(round): \(rest)")
        }
        #expect(drifted > 2000 && asked > 2000)
    }

    private func converge(_ desired: inout DesiredRepository, _ model: inout RepositoryModel) {
        for operation in Planner.plan(desired, model.observed, externalURL: external).operations {
            apply(operation, to: &model, &desired)
        }
    }

    /// One to three things that people do on GitHub's pages.
    private func meddle(_ observed: inout ObservedRepository, using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<7, using: &random) {
            case 0: if !observed.webhooks.isEmpty { observed.webhooks.removeLast() }
            case 1: if !observed.webhooks.isEmpty { observed.webhooks[0].active.toggle() }
            case 2: observed.deployKeys.removeAll { _ in Bool.random(using: &random) }
            case 3:
                for index in observed.collaborators.indices where Bool.random(using: &random) {
                    observed.collaborators[index].level = Self.levels.randomElement(using: &random)?.rawValue ?? "pull"
                }
            case 4: observed.collaborators.removeAll { $0.login != "acme" && Bool.random(using: &random) }
            case 5: observed.teams.removeAll { _ in Bool.random(using: &random) }
            default:
                for index in observed.teams.indices where Bool.random(using: &random) {
                    observed.teams[index].level = Self.levels.randomElement(using: &random)?.rawValue ?? "pull"
                }
            }
        }
    }

    private func apply(_ operation: Operation, to model: inout RepositoryModel, _ desired: inout DesiredRepository) {
        if let key = model.apply(operation) { desired.deployKey.held = key }
    }

    private func check(
        _ desired: DesiredRepository, _ before: ObservedRepository, _ after: ObservedRepository, _ plan: Plan
    ) {
        let permissions = desired.permissions
        if !plan.problems.isEmpty {
            #expect(after.collaborators == before.collaborators && after.invitations == before.invitations)
            #expect(after.teams == before.teams)
        }
        // Whoever it was: the account of the token is what it was or more, and some admin is left.
        let viewer = { (observed: ObservedRepository) in
            observed.collaborators.first { $0.login == "kozmic" }?.level
        }
        if viewer(before) == "admin" { #expect(viewer(after) == "admin") }
        if before.collaborators.contains(where: { $0.level == "admin" }) {
            let isLeft = after.collaborators.contains { $0.level == "admin" }
            #expect(
                isLeft || after.isViewerAdmin || after.teams.contains { $0.level == "admin" }
                    || after.isOrganization == false)
        }
        let declared = Set(permissions.collaborators.keys.map { $0.lowercased() })
        guard plan.problems.isEmpty else { return }
        if permissions.authoritative {
            #expect(after.collaborators.allSatisfy { declared.contains($0.login.lowercased()) || $0.login == "acme" })
        } else {
            let others = { (list: [ObservedCollaborator]) in
                list.filter { !declared.contains($0.login.lowercased()) }
            }
            #expect(others(after.collaborators) == others(before.collaborators))
        }
        let foreign = before.deployKeys.filter { $0.key != "ssh-ed25519 held" && $0.title != Self.title }
        #expect(after.deployKeys.filter { key in foreign.contains { $0.id == key.id } } == foreign)
    }

    private func desired(using random: inout SeededGenerator) throws -> DesiredRepository {
        var permissions = Permissions()
        permissions.authoritative = Int.random(in: 0..<3, using: &random) == 0
        for person in Self.people where Int.random(in: 0..<3, using: &random) == 0 {
            let name = Bool.random(using: &random) ? person : person.uppercased()
            permissions.collaborators[name] = Self.levels.randomElement(using: &random)
        }
        if permissions.authoritative, Int.random(in: 0..<4, using: &random) > 0 {
            permissions.collaborators["kozmic"] = .admin
            permissions.collaborators["KOZMIC"] = nil
        }
        for team in ["core", "docs"] where Int.random(in: 0..<4, using: &random) == 0 {
            permissions.teams[team] = Self.levels.randomElement(using: &random)
        }
        let repository = try #require(widget)
        let hooks = try ["tests", "lint"].filter { _ in Bool.random(using: &random) }.map { name in
            let id = try hookID(name)
            return DesiredWebhook(
                hook: id, url: WebhookAddress.url(externalURL: external, repository: repository, hook: id),
                events: ["push"], secretFingerprint: "s1")
        }
        let held = DeployKeyIdentity(publicKey: "ssh-ed25519 held comment", fingerprint: "SHA256:held")
        return try DesiredRepository(
            webhooks: hooks, owner: Bool.random(using: &random) ? "octocat" : nil, permissions: permissions,
            deployKey: DesiredDeployKey(
                mode: Project.DeployKeyMode.allCases.randomElement(using: &random) ?? .auto, title: Self.title,
                held: Bool.random(using: &random) ? held : nil))
    }

    private func observed(using random: inout SeededGenerator) -> ObservedRepository {
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: Bool.random(using: &random),
            isOrganization: [true, true, false, nil].randomElement(using: &random) ?? nil, viewer: "kozmic")
        observed.isViewerAdmin = Bool.random(using: &random)
        let words = Self.levels.map(\.rawValue) + ["security-reviewer"]
        for (number, person) in Self.people.enumerated() {
            let level = words.randomElement(using: &random) ?? "pull"
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: observed.collaborators.append(ObservedCollaborator(login: person, level: level))
            case 2:
                observed.invitations.append(
                    ObservedInvitation(
                        id: Int64(100 + number), login: person, level: level,
                        isExpired: Int.random(in: 0..<3, using: &random) == 0))
            default: break
            }
        }
        if Int.random(in: 0..<5, using: &random) == 0 {
            observed.invitations.append(ObservedInvitation(id: 99, login: nil, level: "pull"))
        }
        if observed.isOrganization == false {
            observed.collaborators.append(ObservedCollaborator(login: "acme", level: "admin"))
        } else {
            for team in ["core", "docs", "ops"] where Bool.random(using: &random) {
                observed.teams.append(
                    ObservedTeam(slug: team, level: words.randomElement(using: &random) ?? "pull"))
            }
        }
        for (id, key) in ["held", "foreign"].enumerated() where Bool.random(using: &random) {
            observed.deployKeys.append(
                ObservedDeployKey(
                    id: Int64(id + 1), title: Bool.random(using: &random) ? Self.title : "by hand",
                    key: "ssh-ed25519 \(key)", isReadOnly: Bool.random(using: &random)))
        }
        for (id, name) in ["tests", "old"].enumerated() where Bool.random(using: &random) {
            observed.webhooks.append(
                ObservedWebhook(
                    id: Int64(id + 1), url: "\(external)/_hooks/acme/widget/\(name)", events: ["push"],
                    active: Bool.random(using: &random), secretFingerprint: "s1"))
        }
        return observed
    }
}
