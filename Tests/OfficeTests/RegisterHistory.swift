import TestKit

/// What the registers said before they were changed: `unit area 10000 10100`.
func history(of office: TestOffice) throws -> [String] {
    try office.effects.store.read { session in
        var lines: [String] = []
        try session.forEachRegisterChange { lines.append("\($0) \($1) \($2) \($3)") }
        return lines
    }
}
