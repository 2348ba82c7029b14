import Casework
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `Who works here` {
    private let office: TestOffice

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
    }

    private func add(_ name: String, _ role: StaffRole, by staff: String? = nil) throws {
        try addUser(name, role: role, by: staff, effects: office.effects)
    }

    private func listed() throws -> [String] {
        try users(effects: office.effects).map { "\($0.name) \($0.role.rawValue)" }
    }

    @Test func `is said by a manager or an administrator, once somebody works here`() throws {
        // Whoever makes the first one may be anybody, and one administrator may begin alone.
        try add("Root", .administrator, by: "nobody yet")
        try add("Li", .clerk, by: "Root")
        try add("Boss", .manager, by: "root")
        for (name, role) in [("Li", "clerk"), ("LI", "clerk")] {
            #expect(throws: StaffError.notOverUsers(name: name, role: role)) {
                try add("Li", .manager, by: name)
            }
        }
        try add("Aud", .auditor, by: "Boss")
        #expect(throws: StaffError.onlyReads(name: "Aud")) { try add("Aud", .manager, by: "Aud") }
        #expect(throws: StaffError.self) { try add("Xi", .clerk, by: "Wang") }
        #expect(try listed() == ["Aud auditor", "Boss manager", "Li clerk", "Root administrator"])
        // Whoever has the machine and the file names nobody.
        try add("Li", .cashier)
        #expect(try listed().contains("Li cashier"))
    }

    @Test func `has a manager as long as there was one`() throws {
        #expect(throws: StaffError.needsManager) { try add("Li", .clerk) }
        try add("Boss", .manager)
        try add("Root", .administrator)
        for role in StaffRole.allCases where role != .manager {
            #expect(throws: StaffError.lastManager(name: "Boss")) {
                try add("Boss", role, by: "Root")
            }
        }
        try add("Zhao", .manager, by: "Boss")
        try add("Boss", .clerk, by: "Zhao")
        #expect(throws: StaffError.lastManager(name: "Zhao")) { try add("Zhao", .auditor) }
        #expect(try listed() == ["Boss clerk", "Root administrator", "Zhao manager"])
    }

    @Test func `never loses the one administrator that it began with`() throws {
        try add("Root", .administrator)
        #expect(throws: StaffError.lastManager(name: "Root")) { try add("Root", .clerk) }
        try add("Root", .manager)
    }

    @Test func `is one person by any way to write a name`() throws {
        try add("Li Na", .manager)
        for name in ["li na", "Li\u{3000}Na", "Ｌｉ Na", "Li\u{200B} Na"] {
            #expect(throws: StaffError.nameTaken(name: name, by: "Li Na")) {
                try add(name, .clerk)
            }
        }
        #expect(
            try staffNames([" LI  NA", "Ｌｉ na"], effects: office.effects) == ["Li Na", "Li Na"])
        #expect(try listed() == ["Li Na manager"])
    }

    @Test func `is any name before there are users, and then theirs alone who do not only read`()
        throws
    {
        #expect(try staffNames(["x", "X"], effects: office.effects) == ["x", "X"])
        #expect(try staffNames(["x"], effects: TestOffice().effects) == ["x"])
        try add("Boss", .manager)
        try add("Aud", .auditor)
        #expect(throws: StaffError.onlyReads(name: "aud")) {
            try staffNames(["Boss", "aud"], effects: office.effects)
        }
        #expect(throws: StaffError.unknown(name: "x", known: ["Aud", "Boss"])) {
            try staffNames(["x"], effects: office.effects)
        }
        #expect(
            try staffNames(["x"], effects: office.reopened(community: "elsewhere")) == ["x"])
    }

    @Test func `reverses nothing alone once there are users`() throws {
        let day = date("2026-11-22")
        let reverse = {
            try reversePayment("B002", on: day, reason: "错", effects: office.effects)
        }
        let charge = {
            try reverseCharge(
                unit: "1-102", item: "wy", period: period("2026-05"), on: day, reason: "错",
                effects: office.effects)
        }
        try reverse()
        try add("Boss", .manager)
        let before = try office.books(asOf: day)
        #expect(throws: StaffError.needsTwo(proposing: "payment B003")) {
            try reversePayment("B003", on: day, reason: "错", effects: office.effects)
        }
        #expect(throws: StaffError.needsTwo(proposing: "charge 1-102/wy/2026-05")) { try charge() }
        #expect(try office.books(asOf: day) == before)
    }

    @Test func `says what was asked, what is true, and what to do`() {
        let errors: [(StaffError, String, Bool)] = [
            (
                .notOverUsers(name: "Li", role: "clerk"),
                "Users and roles are for a manager or an administrator; Li is clerk.", false
            ),
            (
                .lastManager(name: "Boss"),
                "Without Boss there would be no manager (or administrator) left, and nobody could approve "
                    + "anything. Make another one first.", false
            ),
            (
                .nameTaken(name: "li", by: "Li"),
                "li reads as the name of the user Li. To change the role, write Li; for another person, "
                    + "take a name that can be told apart.", false
            ),
            (
                .needsTwo(proposing: "payment B1"),
                "Once there are users, a reversal takes two: propose it with dunwell reversal propose "
                    + "payment B1; a manager then approves it.", false
            ),
            (
                .needsManager,
                "The first user must be a manager or an administrator, or nobody could approve anything. "
                    + "Give --role manager or administrator.", true
            ),
            (
                .onlyReads(name: "Aud"),
                "Aud is an auditor, who reads and changes nothing.", false
            ),
        ]
        for (error, text, isBadInput) in errors {
            #expect(error.message.en == text)
            #expect(!error.message.zh.isEmpty && error.message.zh != text)
            #expect(error.isBadInput == isBadInput)
        }
    }
}
