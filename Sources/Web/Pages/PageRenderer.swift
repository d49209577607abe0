import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// Templates → answers.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    private let configuration: WebConfiguration
    private let assets: Assets

    /// - Throws: the parser's error for a template that is not one; a test renders them all.
    init(configuration: WebConfiguration, assets: Assets) throws {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.templates {
            try library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
        self.configuration = configuration
        self.assets = assets
    }

    static var templates: [String: [UInt8]] {
        [
            "layout": PackageResources.layout_mustache, "tabs": PackageResources.tabs_mustache,
            "projects": PackageResources.projects_mustache, "nobuild": PackageResources.nobuild_mustache,
            "build": PackageResources.build_mustache, "job": PackageResources.job_mustache,
            "history": PackageResources.history_mustache, "settings": PackageResources.settings_mustache,
            "sync": PackageResources.sync_mustache, "deliveries": PackageResources.deliveries_mustache,
            "problem": PackageResources.problem_mustache,
        ]
    }

    /// A page. Pages are never cached: they say how things stand now.
    func page(_ template: String, _ page: Page, status: HTTPResponse.Status = .ok) -> Response {
        var values = page.values
        values["title"] = page.title
        values["crumbs"] = page.crumbs
        values["tabs"] = page.tabs
        values["version"] = configuration.version
        values["styleURL"] = assets.url("kozmic.css")
        values["iconURL"] = assets.url("kozmic.svg")
        values["mark"] = String(decoding: PackageResources.kozmic_svg, as: UTF8.self)
        if let script = page.script { values["scriptURL"] = assets.url(script) }
        guard let html = library.render(values, withTemplate: template) else {
            return Response(status: .internalServerError)
        }
        return Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}

/// What a page holds: the values of its template, and what all pages have.
struct Page {
    /// For the window, without the program's name.
    var title: String
    /// Where the reader is, from the left.
    var crumbs: [Link] = []
    /// The tabs of a project.
    var tabs: [Link] = []
    /// The module of JavaScript that keeps the page live.
    var script: String?
    /// Whatever the template names.
    var values: [String: Any]

    /// A link of a page.
    struct Link {
        var text: String
        var url: String
        var isCurrent = false
    }
}
