/// Figures of one name, as Prometheus knows them.
struct MetricFamily: Sendable {
    /// What may happen to the figures.
    enum Kind: String, Sendable { case gauge, counter, histogram }

    /// One line: the name with a suffix, labels and a value.
    struct Sample: Sendable {
        var suffix = ""
        var labels: [(name: String, value: String)] = []
        var value: Double
    }

    var name: String
    var help: String
    var kind: Kind
    var samples: [Sample]

    static func gauge(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: .gauge, samples: value.map { [Sample(value: $0)] } ?? [])
    }

    static func counter(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: .counter, samples: [Sample(value: value)])
    }

    /// A figure for each value of one label.
    static func labelled(
        _ kind: Kind, _ name: String, _ help: String, by label: String, _ values: [(String, Double?)]
    ) -> MetricFamily {
        let samples = values.compactMap { text, value in value.map { Sample(labels: [(label, text)], value: $0) } }
        return MetricFamily(name: name, help: help, kind: kind, samples: samples)
    }

    static func histogram(_ name: String, _ help: String, _ histogram: MetricHistogram) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: .histogram, samples: histogram.samples)
    }
}
