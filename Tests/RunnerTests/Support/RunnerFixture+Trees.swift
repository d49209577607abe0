import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

extension RunnerFixture {
    /// Makes work trees of more than 300 files and folders above templates.
    static let largeTrees = Preparation(largeTrees: TreeLimits(entries: 300))

    /// A repository whose work trees lie above templates.
    static func withLargeRepository(_ body: (RunnerFixture) async throws -> Void) async throws {
        try await with(preparation: largeTrees) { fixture in
            for number in 0..<320 { try fixture.write("file \(number)\n", to: "many/d\(number % 7)/f\(number)") }
            for name in ["one", "two"] {
                try fixture.write("\(name)\n", to: "becomes-file/\(name)")
                try fixture.write("\(name)\n", to: "becomes-module/deep/\(name)")
                try fixture.write("\(name)\n", to: "goes/deep/\(name)")
                try fixture.write("\(name)\n", to: "moves/deep/\(name)")
            }
            try fixture.write("1\n", to: "becomes-folder")
            try fixture.write("1\n", to: "becomes-link")
            try fixture.write("#!/bin/sh\n", to: "run.sh")
            try FileManager.default.createSymbolicLink(
                atPath: "\(fixture.source)/link", withDestinationPath: "many/d1")
            try fixture.commit("Many files")
            try await fixture.mirror.fetch()
            try await body(fixture)
        }
    }

    /// The names of the templates that are there.
    var templates: [String] {
        let root = "\(workDirectory)/trees"
        return ((try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? [])
            .filter { $0.split(separator: "/").count == 3 }.sorted()
    }

    /// The engine's folder of a job's volume.
    func volumeFolder(_ id: Int64) async throws -> String {
        let name = try ContainerPlan.name(job(id, build: "true"), .build)
        return "\(try await engine.info().rootDirectory)/volumes/\(name)"
    }

    /// The labels of a job's volume that lies above a template.
    func aboveOnes(_ job: Int64) -> [String: String?] {
        [Labels.tree: nil, Labels.job: String(job), Labels.instance: instance]
    }
}
