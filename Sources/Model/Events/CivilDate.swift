/// A day of the Gregorian calendar, without a time zone.
struct CivilDate: Hashable {
    var year: Int
    /// From 1.
    var month: Int
    /// From 1.
    var day: Int

    /// Counts in spans of 400 years that begin on March 1, so that the leap day is the last one of a year.
    ///
    /// - Parameter daysSince1970: 0 is January 1, 1970; not negative.
    init(daysSince1970: Int) {
        let days = daysSince1970 + 719_468
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + days / 146_097 * 400 + (month <= 2 ? 1 : 0)
    }
}
