import Office
import TestKit

/// What the registers said before they were changed: `unit area 100.00 101.00`.
func history(of office: TestOffice) throws -> [String] {
    var lines: [String] = []
    try forEachRegisterChange(of: nil, effects: office.effects) {
        lines.append("\($0.register) \($0.field) \($0.was) \($0.became)")
    }
    return lines
}
