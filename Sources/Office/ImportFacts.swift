import Dunning
import FeeLedger
import Interchange
import Primitives
import SQLiteStore

/// Facts: charges from before, payments, waivers, concessions, holds. Recorded here, posted later.
extension CommunityImport {
    mutating func readCharges() throws {
        try forEach(ChargeRow.self) { work, number, row in
            let place = RowPlace(file: ChargeRow.format.file, row: number)
            guard let (unit, accounts) = try work.accounts(ofUnit: row.unit, place),
                let item = try work.item(row.item, place, create: true)
            else { return nil }
            guard
                let account = accounts.holding(
                    from: row.period.firstDay, until: row.period.lastDay)
            else {
                work.refuseUnheld(
                    place, "unit", row.unit, unit: row.unit, nobodyHolds(in: "\(row.period)"))
                return nil
            }
            let charge = Charge(
                item: item, period: row.period, amount: row.amount, due: row.due, issuedAsOf: nil)
            let recorded = try work.session.recordCharge(charge, account: account, act: work.act)
            return try work.settle(
                recorded, of: unit, place, key: ("period", "\(row.unit) \(row.item) \(row.period)"))
        }
    }

    mutating func readPayments() throws {
        try forEach(PaymentRow.self) { work, number, row in
            let place = RowPlace(file: PaymentRow.format.file, row: number)
            guard let (unit, accounts) = try work.accounts(ofUnit: row.unit, place) else {
                return nil
            }
            let owner = row.owner.isEmpty ? nil : try work.owner(row.owner, place)
            if owner == nil, !row.owner.isEmpty { return nil }
            guard let account = accounts.receiving(paymentOn: row.date, from: owner) else {
                if owner != nil {
                    work.refuseUnheld(
                        place, "owner", row.owner, unit: row.unit, neverHeld(row.unit))
                } else {
                    work.refuseUnheld(
                        place, "date", "\(row.date)", unit: row.unit, nobodyHolds(in: row.unit))
                }
                return nil
            }
            let recorded = try work.session.recordPayment(
                reference: row.reference, unit: unit, account: account, namedOwner: owner,
                date: row.date, amount: row.amount, method: row.method.rawValue, payer: row.payer,
                note: row.note, in: work.community, act: work.act)
            return try work.settle(recorded, of: unit, place, key: ("reference", row.reference))
        }
    }

    mutating func readWaivers() throws {
        try forEach(WaiverRow.self) { work, number, row in
            let place = RowPlace(file: WaiverRow.format.file, row: number)
            guard let (unit, _) = try work.accounts(ofUnit: row.unit, place),
                let item = try work.item(row.item, place, create: false)
            else { return nil }
            guard try work.session.hasCharge(unit: unit, period: row.period, item: item.id) else {
                work.refuse(place, "period", "\(row.unit) \(row.item) \(row.period)", noCharge)
                return nil
            }
            let recorded = try work.session.recordWaiver(
                reference: row.reference, unit: unit, item: item.id, period: row.period,
                date: row.date, amount: row.amount, reason: row.reason, approvedBy: row.approvedBy,
                in: work.community, act: work.act)
            return try work.settle(recorded, of: unit, place, key: ("reference", row.reference))
        }
    }

    mutating func readConcessions() throws {
        try forEach(ConcessionRow.self) { work, number, row in
            let place = RowPlace(file: ConcessionRow.format.file, row: number)
            guard let (unit, accounts) = try work.accounts(ofUnit: row.unit, place) else {
                return nil
            }
            let item = row.item == "*" ? nil : try work.item(row.item, place, create: false)
            if item == nil, row.item != "*" { return nil }
            guard let account = accounts.holding(from: row.from.firstDay) else {
                work.refuseUnheld(
                    place, "from", "\(row.from)", unit: row.unit, nobodyHolds(in: row.unit))
                return nil
            }
            let concession = Concession(
                id: ID(0), reference: row.reference, account: account.id, item: item?.id,
                from: row.from, to: row.to, relief: row.relief, review: row.review,
                decided: row.decided)
            let recorded = try work.session.recordConcession(
                concession, unit: unit, reason: row.reason, approvedBy: row.approvedBy,
                in: work.community, act: work.act)
            return try work.settle(recorded, of: unit, place, key: ("reference", row.reference))
        }
    }

    mutating func readHolds() throws {
        try forEach(HoldRow.self) { work, number, row in
            let place = RowPlace(file: HoldRow.format.file, row: number)
            guard let (unit, accounts) = try work.accounts(ofUnit: row.unit, place) else {
                return nil
            }
            guard let account = accounts.holding(on: row.hold.from) else {
                work.refuseUnheld(
                    place, "from", "\(row.hold.from)", unit: row.unit, nobodyHolds(in: row.unit))
                return nil
            }
            guard let hold = try work.registered(row.hold, of: unit) else { return .known }
            let recorded = try work.session.recordHold(
                hold, unit: unit, account: account.id, note: row.note, in: work.community,
                act: work.act)
            let key = "\(row.unit) \(row.hold.reason.rawValue) \(row.hold.from)"
            return try work.settle(recorded, of: unit, place, key: ("unit", key))
        }
    }
}

private func nobodyHolds(in place: String) -> Bilingual {
    Bilingual(
        zh: "这时没有人登记为业主（\(place)）。请在 ownerships.csv 里补登产权，或改正日期。",
        en:
            "nobody holds the unit then (\(place)). Enter the ownership in ownerships.csv, or correct the "
            + "date.")
}

private func neverHeld(_ unit: String) -> Bilingual {
    Bilingual(
        zh: "这位业主从未登记在 \(unit) 名下。请改正业主编号，或留空。",
        en: "this owner never held \(unit). Correct the owner, or leave it empty.")
}

private let noCharge = Bilingual(
    zh: "没有这笔收费，无从减免。请核对房号、项目和账期。",
    en: "there is no such charge to waive a late fee of. Check unit, item and period.")
