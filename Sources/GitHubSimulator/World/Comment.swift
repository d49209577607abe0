import Foundation

/// A comment on a pull request.
final class Comment {
    let id: Int64
    let user: Account
    var body: String
    let createdAt = Date()
    var updatedAt = Date()

    init(id: Int64, user: Account, body: String) {
        self.id = id
        self.user = user
        self.body = body
    }
}
