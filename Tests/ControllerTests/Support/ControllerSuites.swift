import Testing

/// All suites that run a stand-in for GitHub, one after the other: each keeps both cores busy with git.
@Suite(.serialized)
enum ControllerSuites {}
