import Model
import Store

/// The author's picture beside the name: initials, over which the picture lies when there is one.
struct Avatar {
    /// The letters that stand for a name: the first of its first and of its last word.
    static func initials(_ name: String) -> String {
        let words = name.split { !$0.isLetter && !$0.isNumber }.compactMap(\.first)
        let letters = [words.first, words.count > 1 ? words.last : nil].compactMap(\.self)
        return letters.isEmpty ? "?" : String(letters).uppercased()
    }

    /// The picture's address; another one for each picture, so that a browser never shows an old one.
    static func url(_ login: AccountName, of project: ProjectRecord, tag: String) -> String {
        "\(ProjectLinks.url(project))/avatars/\(login.description.replacing("[", with: "%5B").replacing("]", with: "%5D"))?\(tag)"
    }
}

extension Store {
    /// The addresses of the pictures of the builds' authors, by build; builds without one are not there.
    func avatarURLs(_ builds: [BuildRecord], of project: ProjectRecord) async throws(StoreError) -> [Int64: String] {
        let tags = try await avatarTags(Set(builds.compactMap(\.authorLogin)))
        var urls: [Int64: String] = [:]
        for build in builds {
            guard let login = build.authorLogin, let tag = tags[login.description.lowercased()] else { continue }
            urls[build.id] = Avatar.url(login, of: project, tag: tag)
        }
        return urls
    }
}
