import HTTPTypes
import Hummingbird
import Logging
import Mustache
import NIOCore

/// Templates → answers.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    private let configuration: WebConfiguration
    private let assets: Assets
    private let syncTrouble: StoreCache<Bool>
    private let policy: AccessPolicy
    private let logger: Logger

    /// - Parameter syncTrouble: whether the link to the synchronisation has a mark.
    /// - Throws: the parser's error for a template that is not one; a test renders them all.
    init(
        configuration: WebConfiguration, assets: Assets, policy: AccessPolicy, syncTrouble: StoreCache<Bool>,
        logger: Logger
    ) throws {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.templates {
            try library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
        self.configuration = configuration
        self.assets = assets
        self.policy = policy
        self.syncTrouble = syncTrouble
        self.logger = logger
    }

    private static var templates: [String: [UInt8]] {
        [
            "layout": PackageResources.layout_mustache, "tabs": PackageResources.tabs_mustache,
            "projects": PackageResources.projects_mustache, "nobuild": PackageResources.nobuild_mustache,
            "build": PackageResources.build_mustache, "job": PackageResources.job_mustache,
            "jobhead": PackageResources.jobhead_mustache, "history": PackageResources.history_mustache,
            "settings": PackageResources.settings_mustache, "sync": PackageResources.sync_mustache,
            "deliveries": PackageResources.deliveries_mustache, "problem": PackageResources.problem_mustache,
            "drift": PackageResources.drift_mustache, "plan": PackageResources.plan_mustache,
            "delivery": PackageResources.delivery_mustache,
            "settingrows": PackageResources.settingrows_mustache,
            "account": PackageResources.account_mustache,
            "acts": PackageResources.acts_mustache, "bisection": PackageResources.bisection_mustache,
            "branches": PackageResources.branches_mustache, "red": PackageResources.red_mustache,
            "compare": PackageResources.compare_mustache,
            "avatar": PackageResources.avatar_mustache, "heard": PackageResources.heard_mustache,
        ]
    }

    /// Whether the link to the synchronisation has a mark.
    func showsSyncTrouble(to viewer: Viewer) async -> Bool {
        policy.mayReadAdministration(viewer) ? (try? await syncTrouble.value()) ?? false : false
    }

    /// A page. A browser asks for it each time: it says how things stand now.
    func page(
        _ template: String, _ page: Page, for viewer: Viewer, status: HTTPResponse.Status = .ok
    ) async -> Response {
        let mayAdminister = policy.mayReadAdministration(viewer)
        var values: PageValues = [
            "title": page.title, "description": page.description,
            "address": page.path.map { "\(configuration.externalURL)\($0)" }, "crumbs": page.crumbs.map(\.values),
            "tabs": page.tabs.map(\.values),
            "version": configuration.version, "styleURL": assets.url("kozmic.css"),
            "paletteURL": page.showsLog ? assets.url("palette.css") : nil, "isWide": page.isWide,
            "settles": page.settles,
            "iconURL": assets.url(Assets.icon(page.mark)), "mark": Assets.mark, "refreshURL": page.refreshURL,
            "feedURL": page.feedURL,
            "scripts": [assets.url("page.js")] + (page.isWide ? [assets.url("log.js")] : []),
            "mayAdminister": mayAdminister, "person": viewer.person?.login, "csrf": viewer.person?.formToken,
            "canSignIn": configuration.signIn != nil && viewer.person == nil,
            "hasSyncTrouble": await showsSyncTrouble(to: viewer),
        ]
        values.merge(page.values)
        let root = RootValues(values: values) { name in
            logger.error("the template '\(template)' names '\(name)', which its page does not have")
        }
        guard let html = library.render(root, withTemplate: template) else {
            return Response(status: .internalServerError)
        }
        return Response(
            status: status,
            headers: [.contentType: PageTransfer.type, .cacheControl: "private, no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
