import Foundation

/// What may happen next.
extension SoakWorld {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// One commit in the admin repository with one to three changes, most of them small.
    func commit() async throws {
        let before = model
        var words: [String] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) { words.append(change()) }
        var message = words.joined(separator: ", ") + "\n"
        let count = model.removalCount
        if count > 0, chance(50) { message += "\nKozmic-Allow-Prune: \(chance(80) ? count : count + 1)\n" }
        var edits: [String: any Sendable] = [:]
        for (path, file) in model.files where before.files[path] != file { edits[path] = file.text }
        for path in before.files.keys where model.files[path] == nil { edits[path] = NSNull() }
        if before.areSettingsBroken != model.areSettingsBroken {
            model.hasSettingsFile = true
            edits["kozmic.yaml"] = model.areSettingsBroken ? "version: 1\nprune: 7\n" : "version: 1\n"
        }
        model.messages.append(message)
        history.append("commit: \(message.replacing("\n", with: " ")) held: \(model.isHeld)")
        try await world.control(
            "POST", "repos/guild/config/commits", ["branch": "main", "message": message, "files": edits])
    }

    private func change() -> String {
        if model.areSettingsBroken, chance(60) {
            model.areSettingsBroken = false
            return "settings mended"
        }
        // A mistake is mended soon, as people do.
        if chance(50), let path = model.files.filter({ $0.value.mistake != nil }).keys.sorted().first {
            model.files[path]?.mistake = nil
            return "\(path) mended"
        }
        let paths = model.files.keys.sorted()
        guard let path = paths.randomElement(using: &random), let file = model.files[path], !chance(12) else {
            return declare()
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<8:
            model.files[path] = nil
            return "\(path) removed"
        case 8..<10:
            for path in paths.shuffled(using: &random).prefix(paths.count / 2) { model.files[path] = nil }
            return "half of them removed"
        case 10..<18:
            model.files[path]?.mistake = SoakFile.Mistake.allCases.randomElement(using: &random)
            return "\(path) broken"
        case 18..<20:
            model.areSettingsBroken = true
            return "settings broken"
        case 20..<24:
            model.files[path] = nil
            let other = "projects/\(["a", "b", "c"].randomElement(using: &random) ?? "a")/\(file.project.name).yaml"
            model.files[other] = file
            return "\(path) moved to \(other)"
        default:
            var project = file.project
            follow(&project)
            edit(&project)
            model.files[path]?.project = project
            return "\(path) edited"
        }
    }

    /// A repository that no file declares gets one.
    private func declare() -> String {
        let declared = Set(model.files.values.map(\.project.name))
        let free = repositories.filter { $0.names.isDisjoint(with: declared) }.map(\.name)
        guard let name = free.randomElement(using: &random) else { return "nothing" }
        var project = SoakProject(name: name, hooks: ["tests": ["push"]])
        edit(&project)
        model.files["projects/\(name).yaml"] = SoakFile(project: project)
        return "\(name) declared"
    }

    /// Somebody reads that the repository is called otherwise now, and writes that.
    private func follow(_ project: inout SoakProject) {
        guard let repository = repositories.first(where: { $0.names.contains(project.name) }),
            repository.name != project.name, chance(50)
        else { return }
        project.name = repository.name
    }

    private func edit(_ project: inout SoakProject) {
        let levels = ["pull", "triage", "push", "maintain", "admin"]
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            let hook = ["tests", "lint", "docs", "deploy"].randomElement(using: &random) ?? "tests"
            let events = [["push"], ["pull_request"], ["pull_request", "push"]]
            project.hooks[hook] = events.randomElement(using: &random)
        case 1:
            let names = project.hooks.keys.sorted()
            if names.count > 1, let name = names.randomElement(using: &random) { project.hooks[name] = nil }
        case 2:
            let person = Self.people.randomElement(using: &random) ?? "alice"
            project.collaborators[person] = chance(25) ? nil : levels.randomElement(using: &random)
        case 3:
            let team = chance(50) ? "core" : "docs"
            project.teams[team] = chance(25) ? nil : levels.dropLast().randomElement(using: &random)
        case 4: project.isAuthoritative = chance(50)
        case 5: project.deployKey = ["auto", "always", "never"].randomElement(using: &random) ?? "auto"
        default: project.note += 1
        }
    }

    /// Somebody changes GitHub by hand; people have better luck with it.
    func meddle() async throws {
        try await world.control("DELETE", "faults")
        let position = Int.random(in: 0..<repositories.count, using: &random)
        let name = repositories[position].name
        let path = "/repos/guild/\(name)"
        let ours = try await list("repos/guild/\(name)/hooks")
            .filter { ($0["url"] as? String)?.contains("/_hooks/") == true }.compactMap { $0["id"] as? Int64 }
        let keys = try await list("repos/guild/\(name)/keys")
            .filter { ($0["title"] as? String)?.hasPrefix("Kozmic ") == true }.compactMap { $0["id"] as? Int64 }
        let person = Self.people.randomElement(using: &random) ?? "alice"
        let what = Int.random(in: 0..<11, using: &random)
        history.append("by hand: \(name) \(what)")
        switch what {
        case 0: for id in ours { try await rest("DELETE", "\(path)/hooks/\(id)") }
        case 1:
            if let id = ours.first { try await rest("PATCH", "\(path)/hooks/\(id)", ["active": false]) }
        case 2:
            if let id = ours.last { try await rest("PATCH", "\(path)/hooks/\(id)", ["events": ["release"]]) }
        case 3:
            let config = ["url": "https://other.example.org/\(newName())", "content_type": "json"]
            let made = try await rest("POST", "\(path)/hooks", ["config": config, "events": ["push"]])
            if let id = made.first?["id"] as? Int64 { repositories[position].foreignHooks.insert(id) }
        case 4: for id in keys { try await rest("DELETE", "\(path)/keys/\(id)") }
        case 5:
            try await world.control("PUT", "repos/guild/\(name)/collaborators/mallory", ["permission": "push"])
            repositories[position].hasMallory = true
        case 6: try await world.control("DELETE", "repos/guild/\(name)/collaborators/\(person)")
        case 7:
            try await world.control("PUT", "repos/guild/\(name)/collaborators/\(person)", ["permission": "triage"])
        case 8:
            repositories[position].isPrivate.toggle()
            try await world.control(
                "PATCH", "repos/guild/\(name)", ["private": repositories[position].isPrivate])
        case 9:
            let other = newName()
            try await world.control("PATCH", "repos/guild/\(name)", ["name": other])
            repositories[position].name = other
            repositories[position].names.insert(other)
        default: try await remake(position)
        }
    }

    /// Deletes a repository and makes one of the same name, which is another one.
    private func remake(_ position: Int) async throws {
        let old = repositories[position]
        let declared = model.files.values.contains {
            old.names.contains($0.project.name) && $0.project.name != old.name
        }
        let applied = model.applied.keys.contains { old.names.contains($0) && $0 != old.name }
        // Of a name that was left behind nobody could say which repository it means.
        guard !declared, !applied else { return }
        try await world.control("DELETE", "repos/guild/\(old.name)")
        var new = SoakRepository(name: old.name, isPrivate: old.isPrivate)
        new.names = old.names
        try await world.control(
            "POST", "repos", ["owner": "guild", "name": old.name, "private": old.isPrivate])
        repositories[position] = new
    }

    /// GitHub answers badly for a while.
    func spoil() async throws {
        let rest = [
            "/repos/*/*", "/repositories/*", "/repos/*/*/hooks", "/repos/*/*/hooks/*", "/repos/*/*/keys",
            "/repos/*/*/keys/*", "/repos/*/*/collaborators", "/repos/*/*/collaborators/*", "/repos/*/*/invitations",
            "/repos/*/*/invitations/*", "/repos/*/*/teams", "/orgs/*/teams/*/repos/*/*", "/user",
        ]
        var fault: [String: any Sendable] = ["target": "request", "times": Int.random(in: 1...6, using: &random)]
        fault["path"] = chance(10) ? "/guild/config.git/**" : rest.randomElement(using: &random)
        if chance(60) { fault["method"] = ["GET", "POST", "PUT", "PATCH", "DELETE"].randomElement(using: &random) }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: fault["action"] = "disconnect"
        case 1:
            fault["action"] = "disconnect"
            fault["after"] = true
        case 2:
            fault["action"] = "delay"
            fault["milliseconds"] = 5
        case 3:
            fault["action"] = "status"
            fault["status"] = 200
            fault["body"] = "<html>"
        case 4:
            fault["action"] = "status"
            fault["status"] = 502
            fault["after"] = true
        default:
            fault["action"] = "status"
            let status = [401, 403, 404, 409, 422, 429, 500, 502, 503].randomElement(using: &random) ?? 500
            fault["status"] = status
            fault["body"] = ["message": "Made up"]
            if status == 429 { fault["headers"] = ["Retry-After": "1"] }
            // GitHub refuses a change in the same words as if there were nothing to change, but it does not deny what it
            // shows in lists.
            if status == 404 { fault["method"] = ["PUT", "PATCH", "DELETE"].randomElement(using: &random) }
        }
        history.append("fault: \(fault.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })")
        try await world.control("POST", "faults", fault)
    }
}
