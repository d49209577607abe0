import Curl
import Dispatch
import Foundation
import Glibc
import Testing

/// A client and a server for one test, ended with it.
func withServer(
    _ serve: @escaping @Sendable (TestConnection) -> Void, options: CurlOptions = CurlOptions(),
    test: (CurlClient, TestServer) async throws -> Void
) async throws {
    Proxies.setUp
    let server = try TestServer(serve: serve)
    let client = CurlClient(options)
    do {
        try await test(client, server)
    } catch {
        await client.close()
        server.stop()
        throw error
    }
    await client.close()
    server.stop()
}

/// A folder for one test.
func withFolder(_ test: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "curl-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await test(folder)
}

/// The environment's proxies, set once for all tests: what goes to the loopback is left alone.
enum Proxies {
    /// Port 9 is `discard`, where nobody listens on the loopback.
    static let setUp: Void = {
        setenv("http_proxy", "http://proxyuser:proxypass@127.0.0.1:9", 1)
        setenv("no_proxy", "127.0.0.1,localhost", 1)
    }()
}

/// What a server tells its test.
struct Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ value: Value) { continuation.yield(value) }

    /// The next value.
    func value() async throws -> Value {
        var iterator = stream.makeAsyncIterator()
        return try #require(await iterator.next())
    }
}

/// The error that a call throws.
func failure(_ body: () async throws(CurlError) -> some Any) async throws -> CurlError {
    do throws(CurlError) {
        _ = try await body()
    } catch {
        return error
    }
    throw Missing()
}

/// The error that a task ends with.
func failure(of task: Task<some Any, any Error>) async throws -> CurlError {
    switch await task.result {
    case .success: throw Missing()
    case .failure(let error): try #require(error as? CurlError)
    }
}

/// Holds a server's thread until the test lets it go on.
struct Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// False if nobody opened it for some seconds.
    func wait() -> Bool { semaphore.wait(timeout: .now() + 10) == .success }
}

/// No error was thrown.
struct Missing: Error {}

/// Bytes that differ by place, so that lost or swapped ones show: a block of an odd length, again and again.
func pattern(_ count: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 65_537)
    for index in block.indices { block[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count { bytes += block.prefix(count - bytes.count) }
    return bytes
}

/// Whether two arrays are the same; many times faster than `==` in a debug build.
func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.withUnsafeBytes { one in
        other.withUnsafeBytes { other in
            guard let a = one.baseAddress, let b = other.baseAddress else { return one.count == other.count }
            return one.count == other.count && memcmp(a, b, one.count) == 0
        }
    }
}

extension CurlStream {
    /// The rest of the body.
    func all() async throws(CurlError) -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in body { bytes += chunk }
        return bytes
    }
}

extension CurlTimeouts {
    /// Limits that no test should reach.
    static let test = CurlTimeouts(connect: .seconds(30), idle: .seconds(50), overall: .seconds(55))
}
