import GitHub
import Store

/// Keeps GitHub's answers in the data directory, so that a restart costs no quota.
struct StoredAnswers: GitHubArchive {
    var archive: AnswerArchive

    func answer(for key: String) async -> GitHubArchivedAnswer? {
        await archive.entry(for: key).map { GitHubArchivedAnswer(etag: $0.etag, link: $0.link, body: $0.body) }
    }

    func keep(_ answer: GitHubArchivedAnswer, for key: String) async {
        await archive.keep(AnswerArchive.Entry(etag: answer.etag, link: answer.link, body: answer.body), for: key)
    }
}
