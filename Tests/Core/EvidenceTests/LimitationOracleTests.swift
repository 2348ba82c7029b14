import Evidence
import Foundation
import Primitives
import Testing

/// The rule against histories of the independent oracle (Tests/Oracle/limitation.py), with promises
/// and plans, which no command brings into the books yet. `DUNWELL_LIMITATION_HISTORIES` says how
/// many (20,000 in the full test).
@Suite struct `The limitation clock beside the oracle` {
    @Test func `gives the same day, and rests on the same event`() throws {
        let count =
            ProcessInfo.processInfo.environment["DUNWELL_LIMITATION_HISTORIES"].flatMap { Int($0) }
            ?? 2_000
        let histories = try histories(count)
        #expect(histories.count == count)
        var different: [String] = []
        for line in histories {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            let clock = LimitationClock(
                due: CivilDate(fields[0])!, years: Int(fields[1])!, events: events(fields[3]),
                asOf: CivilDate(fields[2])!)
            let (restsOn, grade) = clock.event?.kind.words ?? ("due", "")
            let given = [clock.lastDay.description, restsOn, grade]
            if given != Array(fields[4...6]) { different.append(line) }
        }
        #expect(different.isEmpty, "\(different.count), such as \(different.prefix(3))")
    }

    private func histories(_ count: Int) throws -> [String] {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", "/\(folder)/Oracle/limitation.py", "--table", "\(count)",
        ]
        let pipe = Pipe()
        python.standardOutput = pipe
        try python.run()
        let text = String(
            decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        python.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }

    /// `date:kind:grade:flag`, joined by `;`.
    private func events(_ text: String) -> [LimitationEvent] {
        text.split(separator: ";").map { event in
            let parts = event.split(separator: ":", omittingEmptySubsequences: false)
            let flag = parts[3] == "1"
            let kind: LimitationEvent.Kind =
                switch parts[1] {
                case "service":
                    .service(ProofGrade(rawValue: String(parts[2]))!, isAccepted: flag)
                case "payment": .payment
                case "promise": .promise(inWriting: flag)
                default: .plan(inWriting: flag)
                }
            return LimitationEvent(date: CivilDate(String(parts[0]))!, kind: kind)
        }
    }
}

extension LimitationEvent.Kind {
    fileprivate var words: (String, String) {
        switch self {
        case .service(let grade, _): ("service", grade.rawValue)
        case .payment: ("payment", "")
        case .promise: ("promise", "")
        case .plan: ("plan", "")
        }
    }
}
