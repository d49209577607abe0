extension World {
    func viewer(_ call: RESTCall) -> Account? { call.viewer.flatMap { accounts[$0] } }

    func requireViewer(_ call: RESTCall) throws(RESTFailure) -> Account {
        guard let viewer = viewer(call) else { throw .authenticationRequired }
        return viewer
    }

    /// The repository of the path. What the token may not see does not exist; what it may see but not do is refused
    /// with `refusal`, which for many addresses is "Not Found" again.
    func repository(
        _ call: RESTCall, for needed: Permission = .pull, or refusal: RESTFailure = .notFound
    ) throws(RESTFailure) -> Repository {
        let viewer = viewer(call)
        guard let found = repository("\(call.parameter("owner"))/\(call.parameter("repo"))"),
            let permission = permission(of: viewer, in: found), !(call.seesPublicOnly && found.isPrivate)
        else { throw .notFound }
        guard permission >= needed else { throw viewer == nil ? .authenticationRequired : refusal }
        let isWrite = !["GET", "HEAD"].contains(call.method)
        if isWrite, found.isArchived, needed > .pull, call.segments.count > 3 { throw .archived }
        return found
    }

    /// The organization of the path; teams are shown to its members only.
    func organization(_ call: RESTCall, memberOnly: Bool, ownerOnly: Bool = false) throws(RESTFailure) -> Account {
        guard let organization = account(call.parameter("org")), organization.isOrganization else { throw .notFound }
        guard memberOnly || ownerOnly else { return organization }
        let viewer = try requireViewer(call)
        guard organization.hasMember(viewer) else { throw .notFound }
        guard !ownerOnly || organization.owners.contains(viewer.key) else {
            throw RESTFailure(403, "You must be an organization owner.")
        }
        return organization
    }

    func team(_ call: RESTCall, ownerOnly: Bool = false) throws(RESTFailure) -> (Account, Team) {
        let organization = try organization(call, memberOnly: true, ownerOnly: ownerOnly)
        guard let team = organization.teams.first(where: { $0.slug == call.parameter("team") }) else {
            throw .notFound
        }
        return (organization, team)
    }

    func user(_ call: RESTCall) throws(RESTFailure) -> Account {
        guard let user = account(call.parameter("user")) else { throw .notFound }
        return user
    }
}
