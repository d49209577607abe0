// swift-tools-version: 6.2
import PackageDescription

// The arrows between our targets are the table of "who may import whom"; Tests/StructureTests reads the
// `import` lines and fails on one that is not declared here, because SwiftPM itself does not check it.

/// Warnings are errors in CI only: a newer compiler must not break the build of a user.
let strict: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + strict

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func library(
    _ name: String, in folder: String = "", uses dependencies: [Target.Dependency], resources: [Resource] = [],
    exclude: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)\(name)", exclude: exclude,
        resources: resources, swiftSettings: settings)
}

func system(_ name: String, package: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Platform/\(name)", pkgConfig: package, providers: [.apt([apt])])
}

func tests(_ name: String, uses dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", exclude: exclude,
        swiftSettings: settings)
}

let targets: [Target] = [
    system("CLibgit2", package: "libgit2", apt: "libgit2-dev"),
    system("CLibyaml", package: "yaml-0.1", apt: "libyaml-dev"),
    system("CLibcurl", package: "libcurl", apt: "libcurl4-openssl-dev"),
    system("COpenSSL", package: "libcrypto", apt: "libssl-dev"),
    system("CZlib", package: "zlib", apt: "zlib1g-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/Platform/CLinux"),

    library("ThreadPool", in: "Platform/", uses: ["CLinux"]),
    library("Git", in: "Platform/", uses: ["CLibgit2", "ThreadPool", logging]),
    library("YAML", in: "Platform/", uses: ["CLibyaml"]),
    library("Curl", in: "Platform/", uses: ["CLibcurl", "CLinux", logging]),
    library("OpenSSL", in: "Platform/", uses: ["COpenSSL"]),
    library("GitHub", in: "Platform/", uses: ["Curl", "OpenSSL", logging]),
    library("DockerEngine", in: "Platform/", uses: ["Curl", "ThreadPool", logging]),
    library("Zlib", in: "Platform/", uses: ["CZlib"]),
    library("Pipes", in: "Platform/", uses: ["CLinux"]),

    library("Model", uses: ["OpenSSL"]),
    library("LineForms", uses: []),
    library("Config", uses: ["Model", "YAML"]),
    library("Reconciler", uses: ["Model", "GitHub", logging]),
    library("Runner", uses: ["Model", "Git", "DockerEngine", "Pipes", "ThreadPool", logging]),
    library("Store", uses: ["Model", "ThreadPool", grdb, logging]),
    library(
        "Controller",
        uses: [
            "Git", "YAML", "Curl", "OpenSSL", "GitHub", "DockerEngine", "LineForms", "Model", "Config", "Reconciler",
            "Runner", "Store", "ThreadPool", lifecycle, asyncAlgorithms, logging,
        ]),
    library(
        "Web", uses: ["LineForms", "Model", "Store", "GitHub", "OpenSSL", "Zlib", hummingbird, mustache, logging],
        resources: [.embedInCode("Templates"), .embedInCode("Assets"), .embedInCode("Schemas")]),
    library("GitHubSimulator", uses: ["OpenSSL", hummingbird, subprocess, logging]),
    .executableTarget(
        name: "kozmic",
        dependencies: [
            "Git", "YAML", "Curl", "OpenSSL", "GitHub", "DockerEngine", "Model", "Config", "Reconciler", "Runner",
            "Store", "Controller", "Web", "GitHubSimulator", "ThreadPool", arguments, logging, lifecycle, signals,
            subprocess,
        ],
        path: "Sources/kozmic", resources: [.embedInCode("Demo/Files")], swiftSettings: settings),

    // Only for measurements, by the programs in Benchmarks.
    .executableTarget(
        name: "webhook-floor", dependencies: [hummingbird], path: "Benchmarks/Floor", swiftSettings: settings),
    .executableTarget(
        name: "cache-keys", dependencies: ["Git", "Model", "Runner"], path: "Benchmarks/Keys", swiftSettings: settings),

    .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: settings),
    tests("ThreadPool", uses: ["ThreadPool"]),
    tests("OpenSSL", uses: ["OpenSSL"]),
    tests("Curl", uses: ["Curl", "CLibcurl"]),
    tests("YAML", uses: ["YAML"]),
    tests("Git", uses: ["Git"]),
    tests("GitHub", uses: ["GitHub", "Curl", "SeededRandom"]),
    tests("DockerEngine", uses: ["DockerEngine", "Curl", "SeededRandom"]),
    tests("Pipes", uses: ["Pipes"]),
    tests("Model", uses: ["Model", "OpenSSL", "SeededRandom"]),
    tests("LineForms", uses: ["LineForms", "SeededRandom"]),
    tests("Config", uses: ["Config", "Model", "YAML", "SeededRandom"], exclude: ["Fixtures"]),
    tests("Reconciler", uses: ["Reconciler", "GitHub", "Curl", "Model", "GitHubSimulator", logging, "SeededRandom"]),
    tests("Runner", uses: ["Runner", "Model", "Git", "DockerEngine", "OpenSSL", "Curl", "SeededRandom", logging]),
    tests("Store", uses: ["Store", "Model", "SeededRandom", grdb]),
    tests(
        "Controller",
        uses: [
            "Controller", "Curl", "Git", "GitHub", "GitHubSimulator", "Model", "Reconciler", "Runner", "SeededRandom",
            "Store", lifecycle, logging,
        ]),
    // Not with HummingbirdTesting: it brings a TLS library and an HTTP client that take twice as long to build as all
    // the rest together. The tests speak to the server over sockets.
    tests(
        "Web",
        uses: [
            "Web", "Curl", "GitHub", "GitHubSimulator", "Store", "Model", "OpenSSL", hummingbird, lifecycle, logging,
        ]),
    tests("GitHubSimulator", uses: ["GitHubSimulator", "Curl", "OpenSSL", hummingbird, subprocess, logging]),
    tests("Structure", uses: []),
    tests(
        "EndToEnd",
        uses: ["kozmic", "Config", "Curl", "Model", "OpenSSL", "SeededRandom", "Store", arguments, logging]),
]

let package = Package(
    name: "kozmic",
    // Without a macOS platform an asynchronous root command refuses to run, on Linux too.
    platforms: [.macOS(.v15)],
    products: [.executable(name: "kozmic", targets: ["kozmic"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: targets
)
