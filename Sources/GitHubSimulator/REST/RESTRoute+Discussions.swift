extension RESTRoute {
    static let comments = [
        RESTRoute("GET", "/repos/:owner/:repo/issues/:number/comments") { try await $0.listComments($1) },
        RESTRoute("POST", "/repos/:owner/:repo/issues/:number/comments") { try await $0.createComment($1) },
        RESTRoute("GET", "/repos/:owner/:repo/issues/comments/:comment") { try await $0.readComment($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/issues/comments/:comment") { try await $0.updateComment($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/issues/comments/:comment") { try await $0.deleteComment($1) },
    ]

    /// Before the routes of branches, whose names may hold slashes.
    static let protection = [
        RESTRoute("GET", "/repos/:owner/:repo/branches/:branch/protection") { try await $0.readProtection($1) },
        RESTRoute("GET", "/repos/:owner/:repo/branches/:branch/protection/required_status_checks") {
            try await $0.readRequiredChecks($1)
        },
        RESTRoute("GET", "/repos/:owner/:repo/rules/branches/*branch") { try await $0.listRules($1) },
    ]
}
