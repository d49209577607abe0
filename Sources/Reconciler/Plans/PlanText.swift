/// Plans as texts; each form is a file of its own.
public enum PlanText {}
