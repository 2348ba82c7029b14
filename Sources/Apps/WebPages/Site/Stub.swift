// Stands in for h-weba's log-in until it is merged, which deletes this file: the cookie names a role.
import Office
import Primitives
import SQLiteStore

struct LoggedIn: Sendable {
    var id = 1
    var userName = "王经理"
    var role = StaffRole.manager
    var community = "x"
    var communityName = "枫林苑"
    var language = Language.zh
    var csrf = "c"
    var mustEnrol = false
    func isConfirmed(at: Instant) -> Bool { true }
}
func loggedIn(token: String, effects: Effects) throws -> LoggedIn? {
    guard let role = StaffRole(rawValue: String(token.prefix { $0 != "." })) else { return nil }
    var user = LoggedIn()
    user.role = role
    user.community = try effects.store.read { try $0.communityCodes()[0] }
    if token.hasSuffix(".en") { user.language = .en }
    return user
}
final class LogInThrottle: Sendable {}
struct FormTicket { init(token: String) {} }
extension Effects { func taking(_ ticket: FormTicket) -> Effects { self } }
func keepLocation(_ location: String, ofForm ticket: String, effects: Effects) throws {}
func usedForm(_ ticket: String, effects: Effects) throws -> (used: Bool, location: String?) {
    (false, nil)
}
func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool { one == other }
func isFormUsed(_ error: any Error) -> Bool { false }
