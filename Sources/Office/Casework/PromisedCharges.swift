import Casework
import Evidence
import FeeLedger
import Primitives
import SQLiteStore

extension UnitChunk {
    /// What promises start anew: a promise covers the charges of its account that are open on its
    /// day, by unit and charge.
    func covered(
        by promises: [ID<Account>: [Session.RecordedPromise]]
    ) -> [ID<Unit>: [ChargeKey: [LimitationEvent]]] {
        if promises.isEmpty { return [:] }
        var covered: [ID<Unit>: [ChargeKey: [LimitationEvent]]] = [:]
        for book in units.flatMap(\.accounts) {
            for promise in (promises[book.account.id] ?? []).map(\.promise) {
                let event = LimitationEvent(
                    date: promise.on, kind: .promise(inWriting: promise.isInWriting))
                for charge in book.charges where charge.isOpen(on: promise.on) {
                    covered[book.account.unit, default: [:]][charge.charge.key, default: []]
                        .append(event)
                }
            }
        }
        return covered
    }
}

extension ChargeBook {
    /// Whether it was issued by the day, and something of its principal is open at its end.
    func isOpen(on day: CivilDate) -> Bool { counts(asOf: day) && principalOpen(asOf: day) > .zero }
}
