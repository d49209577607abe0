import YAML

/// A value with the place where it was written.
struct Located<Value> {
    var value: Value
    var position: YAMLPosition
}

extension Located: Equatable where Value: Equatable {}
