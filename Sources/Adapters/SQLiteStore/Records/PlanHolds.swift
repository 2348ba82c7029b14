import Casework
public import Dunning
public import FeeLedger
public import Primitives

/// Dunning rests while an instalment plan is kept to.
extension Session {
    /// Of the chunk's accounts, past ones too: from the approval's day to the day before the plan
    /// is broken, or the last part's due date and the days that it may be late.
    public func planHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        chunk.plans.mapValues { plans in
            plans.compactMap { plan in
                plan.plan.rest(plan.receipts).map {
                    DunningHold(reason: .plan, from: $0.lowerBound, to: $0.upperBound)
                }
            }
        }
    }
}
