@testable import SQLiteStore

extension Store {
    func pragma(_ name: String) throws -> String {
        try read { try $0.first("PRAGMA \(name)") { $0.text(0) } ?? "" }
    }

    /// The first value of a query.
    func value(_ sql: String) throws -> String {
        try read { try $0.first(sql) { $0.text(0) } ?? "" }
    }

    /// The query plan of the charges' walk, one line.
    func plansOfWalk() throws -> [String] {
        try read { session in
            try session.run(
                "CREATE TEMP TABLE IF NOT EXISTS walk (rank INTEGER PRIMARY KEY, unit INTEGER)")
            var steps: [String] = []
            try session.forEach(
                "EXPLAIN QUERY PLAN " + chargesOfWalk(.all), [.integer(1), .integer(2)]
            ) {
                steps.append($0.text(3))
            }
            return [steps.joined(separator: " | ")]
        }
    }
}
