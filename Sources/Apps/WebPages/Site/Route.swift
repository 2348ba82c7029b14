public import SQLiteStore

/// Who may go where. Each role may do what its work needs, and no more.
public enum Audience: String, Sendable, CaseIterable {
    /// No log-in: logging in itself, and what its page is made of.
    case `public`
    /// Whoever is logged in, whatever the role: looking, and one's own account.
    case everyone
    /// The day's work: registers, runs, notices, services, contacts, promises, proposals.
    case staff
    /// Taking money.
    case cashiers
    /// What needs a second pair of eyes, and households in hardship.
    case approvers
    /// Hardship: managers, and clerks for the cases that are their own (the act itself looks).
    case caseworkers
    /// Users, roles, settings.
    case administrators
    /// Who did what: managers, administrators, auditors.
    case auditors

    /// - Parameter role: `nil`: nobody is logged in.
    public func includes(_ role: StaffRole?) -> Bool {
        guard let role else { return self == .public }
        return switch self {
        case .public, .everyone: true
        case .staff, .caseworkers: [.clerk, .cashier, .manager].contains(role)
        case .cashiers: role == .cashier || role == .manager
        case .approvers: role == .manager
        case .administrators: role == .administrator || role == .manager
        case .auditors: [.manager, .administrator, .auditor].contains(role)
        }
    }
}

/// One way to call the site: a method, a pattern of a path, who may, and what answers.
public struct Route: Sendable {
    public let method: PageRequest.Method
    /// Such as `/units/{unit}/payment`; `{NAME}` takes one part.
    public let pattern: String
    public let audience: Audience
    /// The person has to show within ten minutes before it that it is still he.
    public let isGrave: Bool
    let answer: @Sendable (Visit) throws -> PageResponse
    let parts: [String]

    init(
        _ method: PageRequest.Method, _ pattern: String, for audience: Audience,
        isGrave: Bool = false, _ answer: @escaping @Sendable (Visit) throws -> PageResponse
    ) {
        self.method = method
        self.pattern = pattern
        self.audience = audience
        self.isGrave = isGrave
        self.answer = answer
        parts = pattern.split(separator: "/").map(String.init)
    }

    /// Where several patterns match, the one that says more is meant.
    var literals: Int { parts.count { !$0.hasPrefix("{") } }

    /// - Returns: what stands in the places of the pattern's names; `nil` where it does not match.
    func parameters(of path: [String]) -> [String: String]? {
        guard path.count == parts.count else { return nil }
        var found: [String: String] = [:]
        for (part, value) in zip(parts, path) {
            if part.hasPrefix("{") {
                found[String(part.dropFirst().dropLast())] = value
            } else if part != value {
                return nil
            }
        }
        return found
    }
}
