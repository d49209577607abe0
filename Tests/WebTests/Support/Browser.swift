import Foundation
import Synchronization

/// Chromium without a window, spoken to over a pipe.
final class Browser: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Chromium on this machine, if there is one.
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .flatMap { ["\($0)/chromium", "\($0)/chromium-browser"] }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private struct State {
        var lastID = 0
        var waiting: [Int: CheckedContinuation<Data, any Error>] = [:]
        var complaints: [String] = []
        var session: String?
        var isOver = false
    }

    private let process: Process
    private let input: FileHandle
    private let state = Mutex(State())

    /// Opens a browser with one empty page.
    static func with(_ body: (Browser) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-browser-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let browser = try Browser(folder: folder)
        do {
            try await browser.start()
            try await body(browser)
        } catch {
            await browser.end()
            throw error
        }
        await browser.end()
    }

    /// What the page complained about: errors, refused requests, breaches of the content security policy.
    var complaints: [String] { state.withLock { $0.complaints } }

    /// Goes to a page.
    func open(_ url: String) async throws {
        _ = try await call("Page.navigate", ["url": url])
        _ = try await evaluate(
            "await new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")
    }

    /// Makes the window narrow or wide.
    func resize(width: Int) async throws {
        _ = try await call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600])
    }

    /// Prefers `light` or `dark`.
    func theme(_ name: String) async throws {
        _ = try await call(
            "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": name]]])
    }

    /// A picture of the window, PNG.
    func picture() async throws -> Data {
        struct Picture: Decodable { var data: Data }
        return try JSONDecoder().decode(
            Picture.self, from: try await call("Page.captureScreenshot", ["format": "png"])
        ).data
    }

    /// The value of a function's body, as JSON.
    func evaluate(_ script: String) async throws -> Data {
        let answer = try await call(
            "Runtime.evaluate",
            [
                "expression": "(async () => { \(script) })().then(value => JSON.stringify(value ?? null))",
                "awaitPromise": true, "returnByValue": true,
            ])
        let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
        guard let result = object?["result"] as? [String: Any], let text = result["value"] as? String else {
            throw Failure(description: String(decoding: answer, as: UTF8.self))
        }
        return Data(text.utf8)
    }

    func evaluate<Value: Decodable>(_ type: Value.Type, _ script: String) async throws -> Value {
        try JSONDecoder().decode(type, from: try await evaluate(script))
    }

    private init(folder: String) throws {
        let (toBrowser, fromBrowser) = (Pipe(), Pipe())
        process = Process()
        // The browser reads commands from descriptor 3 and answers on 4.
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null 2>&1", Self.path ?? "chromium", "--headless", "--no-sandbox",
            "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", "--user-data-dir=\(folder)", "about:blank",
        ]
        process.standardInput = toBrowser
        process.standardOutput = fromBrowser
        process.standardError = FileHandle.nullDevice
        input = toBrowser.fileHandleForWriting
        try process.run()
        let output = fromBrowser.fileHandleForReading
        Thread.detachNewThread { [self] in listen(output) }
    }

    private func start() async throws {
        let targets = try JSONSerialization.jsonObject(with: try await call("Target.getTargets")) as? [String: Any]
        let infos = targets?["targetInfos"] as? [[String: Any]]
        let page = infos?.first { $0["type"] as? String == "page" }?["targetId"] as? String
        let answer = try await call("Target.attachToTarget", ["targetId": page ?? "", "flatten": true])
        let session = (try JSONSerialization.jsonObject(with: answer) as? [String: Any])?["sessionId"] as? String
        state.withLock { $0.session = session }
        for domain in ["Page", "Runtime", "Log"] { _ = try await call("\(domain).enable") }
    }

    private func end() async {
        state.withLock { $0.session = nil }
        _ = try? await call("Browser.close")
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [process] in
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }

    func call(_ method: String, _ parameters: [String: Any] = [:]) async throws -> Data {
        let (id, session) = state.withLock { state in
            state.lastID += 1
            return (state.lastID, state.session)
        }
        var message: [String: Any] = ["id": id, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        let data = try JSONSerialization.data(withJSONObject: message) + Data([0])
        return try await withCheckedThrowingContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting[id] = continuation }
                return state.isOver
            }
            if isOver { return continuation.resume(throwing: Failure(description: "the browser has gone")) }
            do { try input.write(contentsOf: data) } catch { finish() }
        }
    }

    private func listen(_ output: FileHandle) {
        var buffer = Data()
        while case let data = output.availableData, !data.isEmpty {
            buffer += data
            while let end = buffer.firstIndex(of: 0) {
                hear(buffer[buffer.startIndex..<end])
                buffer = Data(buffer[(end + 1)...])
            }
        }
        finish()
    }

    private func finish() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isOver = true
            return state.waiting
        }
        for continuation in waiting.values {
            continuation.resume(throwing: Failure(description: "the browser has gone"))
        }
    }

    private func hear(_ data: Data) {
        guard let message = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else { return }
        if let id = message["id"] as? Int {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: id) }
            if let result = message["result"], let data = try? JSONSerialization.data(withJSONObject: result) {
                continuation?.resume(returning: data)
            } else {
                continuation?.resume(throwing: Failure(description: "\(message["error"] ?? message)"))
            }
        } else if let method = message["method"] as? String,
            ["Runtime.exceptionThrown", "Log.entryAdded"].contains(method)
        {
            state.withLock { $0.complaints.append(String(decoding: data, as: UTF8.self)) }
        }
    }
}

extension Browser {
    /// The bytes that the scripts and the document of the open page hold.
    func memory() async throws -> Int {
        struct Metrics: Decodable {
            struct Metric: Decodable {
                var name: String
                var value: Double
            }
            var metrics: [Metric]
        }
        _ = try await call("Performance.enable", [:])
        _ = try await call("HeapProfiler.collectGarbage", [:])
        let answer = try await call("Performance.getMetrics", [:])
        let metrics = try JSONDecoder().decode(Metrics.self, from: answer).metrics
        return Int(metrics.first { $0.name == "JSHeapUsedSize" }?.value ?? .infinity)
    }
}
