import Curl

extension DockerEngine {
    /// `POST /images/create`: pulls an image; without a tag or digest the one called `latest`.
    ///
    /// Credentials are those given, else those in Docker's `config.json`. An error that the engine reports in the
    /// middle of the pull is thrown with kind `stream` and the engine's words.
    public func pull(
        _ reference: String, auth: DockerRegistryAuth? = nil,
        progress: @Sendable (DockerPullProgress) async -> Void = { _ in }
    ) async throws(DockerError) {
        let configuration = auth == nil ? try DockerConfigFile.read() : nil
        try await pull(reference, auth: auth, configuration: configuration, progress: progress)
    }

    func pull(
        _ reference: String, auth: DockerRegistryAuth?, configuration: DockerConfigFile?,
        progress: @Sendable (DockerPullProgress) async -> Void
    ) async throws(DockerError) {
        let name = try DockerImageReference(reference)
        // Without a tag the engine would pull every one there is. A digest goes in its place and says more than a tag.
        var request = EngineRequest(
            "POST", "/images/create",
            query: [("fromImage", name.repository), ("tag", name.digest ?? name.tag ?? "latest")],
            timeouts: EngineRequest.moving)
        if let auth = auth ?? configuration?.auth(registry: name.registry) {
            request.headers.append(CurlHeader(name: "X-Registry-Auth", value: auth.header))
        }
        do throws(DockerError) {
            try await read(request, progress: progress)
        } catch {
            guard error.isRefusal, let helper = configuration?.helper(registry: name.registry) else { throw error }
            throw DockerError(
                error.kind,
                "\(error.message) (pulled without credentials: they are kept by docker-credential-\(helper), "
                    + "which Kozmic does not run; put them into the auths of Docker's config.json)")
        }
    }

    private func read(
        _ request: EngineRequest, progress: @Sendable (DockerPullProgress) async -> Void
    ) async throws(DockerError) {
        var chunks = try await stream(request).body.makeAsyncIterator()
        var report = PullStream()
        while true {
            let chunk: [UInt8]?
            do throws(CurlError) {
                chunk = try await chunks.next()
            } catch {
                throw failure(error)
            }
            guard let chunk else { break }
            for news in try report.append(chunk) { await progress(news) }
        }
        if let news = try report.finish() { await progress(news) }
    }
}

extension DockerError {
    /// Whether the registry may have wanted credentials: some say of an image that it is missing, some that they failed.
    fileprivate var isRefusal: Bool {
        switch kind {
        case .stream, .notFound, .http: true
        default: false
        }
    }
}
