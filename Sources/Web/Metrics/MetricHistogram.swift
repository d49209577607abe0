/// How often values were at most as large as each of some limits.
struct MetricHistogram: Sendable {
    private let limits: [Double]
    private var counts: [Int]
    private var count = 0
    private var sum = 0.0

    /// - Parameter limits: ascending.
    init(_ limits: [Double]) {
        self.limits = limits
        counts = limits.map { _ in 0 }
    }

    mutating func observe(_ value: Double) {
        count += 1
        sum += value
        for (position, limit) in limits.enumerated() where value <= limit { counts[position] += 1 }
    }

    var samples: [MetricFamily.Sample] {
        zip(limits, counts).map {
            MetricFamily.Sample(suffix: "_bucket", labels: [("le", PrometheusText.number($0))], value: Double($1))
        } + [
            MetricFamily.Sample(suffix: "_bucket", labels: [("le", "+Inf")], value: Double(count)),
            MetricFamily.Sample(suffix: "_sum", value: sum),
            MetricFamily.Sample(suffix: "_count", value: Double(count)),
        ]
    }
}
