import Curl
import GitHub
import Model
import OpenSSL
import Store

/// Asks GitHub for the pictures of accounts.
///
/// The API says where a picture is, and its host is then asked without a token: it is another one than the API's. Neither
/// what answers nor how much of it is believed.
struct AvatarSource: Sendable {
    private let gitHubURL: String
    private let client: GitHubClient
    private let curl: CurlClient

    /// What a picture of 64 by 64 pixels needs, several times over.
    static let mostBytes = 64 << 10
    private static let patience = CurlTimeouts(connect: .seconds(5), idle: .seconds(5), overall: .seconds(15))

    init(gitHubURL: String, client: GitHubClient, curl: CurlClient) {
        self.gitHubURL = gitHubURL
        self.client = client.with(priority: .audit)
        self.curl = curl
    }

    /// - Throws: when GitHub's API does not answer as it should; the pictures' host is no reason.
    func ask(_ due: DueAvatar) async throws(GitHubError) -> AvatarNews {
        let account: GitHubAccount
        do {
            account = try await client.user(due.login.description, for: due.repository.owner)
        } catch {
            if error.kind == .notFound { return .nothing }
            throw error
        }
        guard let given = account.avatarURL, let address = AvatarAddress(gitHubURL: gitHubURL)?.small(given) else {
            return .nothing
        }
        var request = CurlRequest(
            url: address, headers: [CurlHeader(name: "Accept", value: "image/png,image/jpeg,image/gif,image/webp")],
            timeouts: Self.patience, bodyLimit: Self.mostBytes)
        if let known = due.known, known.address == address {
            request.headers.append(CurlHeader(name: "If-None-Match", value: known.etag))
        }
        do {
            return news(try await curl.send(request), at: address)
        } catch {
            if case .bodyTooLarge = error.kind { return .nothing }
            return .failed
        }
    }

    private func news(_ response: CurlResponse, at address: String) -> AvatarNews {
        switch response.status {
        case 304: return .unchanged
        case 200:
            guard let type = PictureType(response.body) else { return .nothing }
            let picture = AvatarPicture(
                type: type.rawValue, tag: String(Hex.encode(SHA256.hash(response.body)).prefix(16)),
                bytes: response.body)
            // Stored in a header of ours later: only what may stand in one.
            let etag = response.headers["ETag"].flatMap { text in
                (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
            }
            return .picture(picture, etag.map { AvatarVersion(address: address, etag: $0) })
        case 404, 410: return .nothing
        default: return .failed
        }
    }
}
