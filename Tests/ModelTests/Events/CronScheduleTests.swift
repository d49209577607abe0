import Foundation
import Model
import SeededRandom
import Testing

@Suite("Cron schedules in UTC")
struct CronScheduleTests {
    private func date(_ text: String) throws -> Date { try Date("\(text):00Z", strategy: .iso8601) }

    @Test(
        "The next time and the last one",
        arguments: [
            // Daily, over a month's and a year's end; a time is not its own successor.
            ("0 4 * * *", "2026-11-24T04:00", "2026-11-25T04:00", "2026-11-24T04:00"),
            ("0 4 * * *", "2026-11-30T04:01", "2026-12-01T04:00", "2026-11-30T04:00"),
            ("30 23 * * *", "2026-12-31T23:45", "2027-01-01T23:30", "2026-12-31T23:30"),
            // The nights in which clocks are changed elsewhere are like all others.
            ("30 2 * * *", "2026-03-29T02:29", "2026-03-29T02:30", "2026-03-28T02:30"),
            ("30 2 * * *", "2026-10-25T02:30", "2026-10-26T02:30", "2026-10-25T02:30"),
            ("*/15 * * * *", "2026-10-25T02:59", "2026-10-25T03:00", "2026-10-25T02:45"),
            // Every minute, and steps inside of a span.
            ("* * * * *", "2026-11-24T23:59", "2026-11-25T00:00", "2026-11-24T23:59"),
            ("10-50/20 9-17 * * *", "2026-11-24T17:50", "2026-11-25T09:10", "2026-11-24T17:50"),
            // The 31st is left out in short months.
            ("0 0 31 * *", "2026-03-31T00:00", "2026-05-31T00:00", "2026-03-31T00:00"),
            // Leap days, over the year 2100 that has none.
            ("0 0 29 2 *", "2026-01-01T00:00", "2028-02-29T00:00", "2024-02-29T00:00"),
            ("0 0 29 feb *", "2096-03-01T00:00", "2104-02-29T00:00", "2096-02-29T00:00"),
            // 0 and 7 are Sunday; November 24, 2026 is a Tuesday.
            ("0 0 * * 7", "2026-11-24T12:00", "2026-11-29T00:00", "2026-11-22T00:00"),
            ("0 0 * * sun", "2026-11-24T12:00", "2026-11-29T00:00", "2026-11-22T00:00"),
            ("0 0 * * 5-7", "2026-11-24T12:00", "2026-11-27T00:00", "2026-11-22T00:00"),
            // Both days restricted: either counts. One of them a star: both must hold.
            ("0 0 13 * fri", "2026-11-10T12:00", "2026-11-13T00:00", "2026-11-06T00:00"),
            ("0 0 13 * fri", "2026-11-13T00:00", "2026-11-20T00:00", "2026-11-13T00:00"),
            ("0 0 */2 * mon", "2026-11-24T12:00", "2026-12-07T00:00", "2026-11-23T00:00"),
            ("0 0 1 jan,jul *", "2026-11-24T12:00", "2027-01-01T00:00", "2026-07-01T00:00"),
        ])
    func times(cron: String, from: String, next: String, latest: String) throws {
        let schedule = try #require(CronSchedule(cron))
        let start = try date(from)
        #expect(try schedule.next(after: start) == date(next))
        #expect(try schedule.latest(until: start) == date(latest))
        #expect(try schedule.next(after: start.addingTimeInterval(59)) == date(next), "seconds do not count")
    }

    @Test("A time that never comes, and texts that are no schedule")
    func never() throws {
        #expect(CronSchedule("0 0 30 2 *")?.next(after: Date()) == nil)
        #expect(CronSchedule("0 0 30 2 *")?.latest(until: Date()) == nil)
        for text in [
            "", "* * * *", "60 * * * *", "* * * * 8", "*/0 * * * *", "5/2 * * * *", "1,,2 * * * *", "+1 * * * *",
        ] {
            #expect(CronSchedule(text) == nil, "\(text)")
        }
    }

    @Test("Walking on from time to time gives what a search by the minute gives")
    func walk() throws {
        var random = SeededGenerator(seed: 7)
        let start = try date("2027-12-20T00:00")
        for _ in 0..<20 {
            let minute = Int.random(in: 0...59, using: &random)
            let hours = Int.random(in: 0...20, using: &random)
            let cron = "\(minute),7 \(hours)-\(hours + 3)/2 * * \(Int.random(in: 0...7, using: &random))"
            let schedule = try #require(CronSchedule(cron))
            var time = start
            for _ in 0..<30 {
                let next = try #require(schedule.next(after: time))
                #expect(schedule.latest(until: next) == next)
                #expect(schedule.latest(until: next.addingTimeInterval(-1)).map { $0 <= time } ?? true, "\(cron)")
                time = next
            }
        }
    }
}
