import HTTPTypes
import Hummingbird
import NIOCore
import OpenSSL

/// `/_schemas/…`: the JSON Schemas of the configuration files, for editors. They are the same for everybody.
struct SchemaEndpoint: Sendable {
    /// By the names they have in the project, and by the names of the files that they are for.
    private static let schemas: [String: [UInt8]] = [
        "kozmic.schema.json": PackageResources.kozmic_schema_json,
        "kozmic.yaml.json": PackageResources.kozmic_schema_json,
        "project.schema.json": PackageResources.project_schema_json,
        "project.yaml.json": PackageResources.project_schema_json,
    ]

    func add(to router: Router<WebContext>) {
        let tags = Self.schemas.mapValues { "\"\(Hex.encode(SHA256.hash($0)).prefix(16))\"" }
        router.get("_schemas/{name}") { request, context in
            let name = try context.parameters.require("name")
            guard let bytes = Self.schemas[name], let tag = tags[name] else { throw HTTPError(.notFound) }
            let headers: HTTPFields = [
                .contentType: "application/schema+json", .eTag: tag, .cacheControl: "public, max-age=3600",
                // An editor in a browser comes from another address.
                .accessControlAllowOrigin: "*",
            ]
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
}
