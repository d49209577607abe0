import Testing

@testable import Model

@Suite("Verdicts that are taken over")
struct ReusedVerdictTests {
    @Test("the sentence leads back to its build; no other sentence does")
    func sentence() {
        let verdict = ReusedVerdict(build: 41)
        #expect(verdict.reason == "the same tree passed in build #41")
        #expect(ReusedVerdict(reason: verdict.reason) == verdict)
        for text in [
            "", "the same tree passed in build #", "the same tree passed in build #0",
            "the same tree passed in build #-1",
            "the same tree passed in build #1 <b>", "build script failed with exit code 1",
            "the same tree passed in build #99999999999999999999",
        ] {
            #expect(ReusedVerdict(reason: text) == nil, "\(text)")
        }
    }
}
