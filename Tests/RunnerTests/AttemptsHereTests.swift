import Testing

@testable import Runner

@Suite("What attempts have on the engine")
struct AttemptsHereTests {
    private let attempt = JobAttempt(jobID: 7, attempt: 1)

    @Test("what began here and was made is known by name; what may be there or not has to be asked for")
    func names() {
        let attempts = AttemptsHere()
        #expect(attempts.names(of: attempt) == nil)
        attempts.willMake("somebody else's", for: JobAttempt(jobID: 8, attempt: 1))
        attempts.begin(attempt)
        #expect(attempts.names(of: attempt) == [])
        attempts.willMake("one", for: attempt)
        #expect(attempts.names(of: attempt) == nil)
        attempts.made("one", for: attempt)
        attempts.willMake("two", for: attempt)
        attempts.made("two", for: attempt)
        #expect(attempts.names(of: attempt) == ["one", "two"])
        // Made anew under its name, and this time nobody heard the answer.
        attempts.willMake("one", for: attempt)
        #expect(attempts.names(of: attempt) == nil)
        attempts.end(attempt)
        #expect(!attempts.contains(attempt))
    }

    @Test("a sweep forgets all that it does not keep")
    func keep() {
        let attempts = AttemptsHere()
        let other = JobAttempt(jobID: 7, attempt: 2)
        attempts.begin(attempt)
        attempts.begin(other)
        attempts.keep([other])
        #expect(attempts.names(of: attempt) == nil && attempts.names(of: other) == [])
    }
}
