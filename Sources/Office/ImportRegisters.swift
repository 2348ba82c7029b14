import Dunning
import FeeLedger
import Interchange
import Primitives
import SQLiteStore

/// Registers: units, owners, ownerships, the fee schedule.
extension CommunityImport {
    mutating func readUnits() throws {
        try forEach(UnitRow.self, isRequired: true) { work, number, row in
            let place = RowPlace(file: UnitRow.format.file, row: number)
            guard try work.isFirst(row.code, place, column: "unit", value: row.code) else {
                return nil
            }
            return try work.session.saveUnit(
                code: row.code, building: row.building, kind: row.kind, area: row.area,
                handover: row.handover, in: work.community, act: work.act)
        }
    }

    mutating func readOwners() throws {
        try forEach(OwnerRow.self, isRequired: true) { work, number, row in
            let place = RowPlace(file: OwnerRow.format.file, row: number)
            guard try work.isFirst(row.code, place, column: "owner", value: row.code) else {
                return nil
            }
            if let remark = row.emailRemark { work.remark(place, "email", row.typedEmail, remark) }
            return try work.session.saveOwner(
                Owner(
                    id: ID(0), code: row.code, name: row.name, phone: row.phone, email: row.email,
                    address: row.address, channels: row.channels, language: row.language),
                in: work.community, act: work.act)
        }
    }

    /// Rows wait until all are read: co-owners' rows make one account, wherever they stand.
    mutating func readOwnerships() throws {
        let file = OwnershipRow.format.file
        try forEach(OwnershipRow.self, isRequired: true) { work, number, row in
            let place = RowPlace(file: file, row: number)
            guard let (unit, _) = try work.accounts(ofUnit: row.unit, place),
                let owner = try work.owner(row.owner, place),
                try work.isFirst(
                    "\(row.unit)\u{1f}\(row.owner)\u{1f}\(row.from)", place, column: "unit",
                    value: row.unit)
            else {
                work.refused.insert(row.unit, of: .ownerships)
                return nil
            }
            if let rate = row.agreedRate, rate > LateFeePolicy.highestUsualRate,
                work.policy?.allowsUnusualRates != true
            {
                work.refuse(place, "daily_rate", rate.shortDescription, rate.unusualMessage)
                return nil
            }
            try work.session.stageOwnership(
                unit: unit, owner: owner, from: row.from, to: row.to, rate: row.agreedRate,
                row: number)
            return nil
        }
        let name = report.file(of: OwnershipRow.format)
        guard let index = report.files.firstIndex(where: { $0.file == name }) else { return }
        var count = report.files[index]
        try session.forEachStagedUnit { rows in
            for saved in try saveAccounts(rows, file: file) {
                switch saved {
                case .added: count.added += 1
                case .changed: count.changed += 1
                case .known: count.known += 1
                }
            }
        }
        report.files[index] = count
        latest = nil
        // Units of which an account changed: its agreed rate, say.
        if report.problems.isEmpty { try settleAnew(.touched) }
        try session.forgetTouched()
    }

    /// - Parameter rows: the staged rows of one unit, by first day.
    /// - Returns: what became of each row that was taken.
    private mutating func saveAccounts(
        _ rows: [Session.StagedOwnership], file: String
    ) throws -> [Saved] {
        var saved: [Saved] = []
        for (from, together) in grouped(rows) {
            let first = together[0]
            if let odd = together.first(where: { $0.to != first.to || $0.rate != first.rate }) {
                refuse(
                    RowPlace(file: file, row: odd.row), "from", "\(from)", coOwnersDiffer(first.row)
                )
                continue
            }
            if let standing = try session.accounts(of: first.unit).first(where: { $0.from == from }
            ),
                let missing = standing.owners.first(where: { owner in
                    !together.contains { $0.owner == owner }
                }), standing.to != first.to || standing.agreedRate != first.rate
            {
                refuse(
                    RowPlace(file: file, row: first.row), "from", "\(from)",
                    coOwnerMissing(try session.ownerCode(missing)))
                continue
            }
            let became = try session.saveAccount(
                unit: first.unit, from: from, to: first.to, agreedRate: first.rate,
                owners: together.map(\.owner), in: community, act: act)
            saved += together.map { _ in became }
            if became == .changed {
                try session.touch(first.unit)
                try remarkOnLaterFacts(of: first)
            }
        }
        let accounts = try session.accounts(of: rows[0].unit)
        for (before, after) in zip(accounts, accounts.dropFirst())
        where (before.to ?? .distantFuture) >= after.from {
            let row = rows.last { $0.from == after.from } ?? rows.last { $0.from == before.from }
            refuse(
                RowPlace(file: file, row: (row ?? rows[0]).row), "from", "\(after.from)",
                overlap(before))
        }
        return saved
    }

    /// An account that closes keeps what was issued and paid later: staff must know.
    private mutating func remarkOnLaterFacts(of row: Session.StagedOwnership) throws {
        guard let last = row.to,
            let account = try session.accounts(of: row.unit).first(where: { $0.from == row.from }),
            try session.hasFacts(account, from: last.advanced(byDays: 1))
        else { return }
        report.remark(
            Bilingual(
                zh: "ownerships.csv 第 \(row.row) 行：\(last) 以后已有收费或收款记在这个账户，仍留在那里；"
                    + "属于新业主的，请冲红后重新出账和登记。",
                en:
                    "ownerships.csv, row \(row.row): charges or payments after \(last) stand in this account "
                    + "and stay there. Those of the new owner: reverse them, and enter them again.")
        )
    }

    private func grouped(
        _ rows: [Session.StagedOwnership]
    ) -> [(CivilDate, [Session.StagedOwnership])] {
        Dictionary(grouping: rows, by: \.from).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    mutating func readFees() throws {
        var rowOf: [String: Int] = [:]
        try forEach(FeeRow.self) { work, number, row in
            let place = RowPlace(file: FeeRow.format.file, row: number)
            let kinds = row.kinds.map(\.rawValue).sorted().joined(separator: ";")
            let key = "\(row.item)\u{1f}\(kinds)\u{1f}\(row.from)"
            guard try work.isFirst(key, place, column: "item", value: row.item) else { return nil }
            let item = try work.session.saveItem(
                code: row.item, name: row.name, in: work.community, act: work.act)
            work.items[Code(row.item)] = item
            rowOf[key] = number
            return try work.session.saveFeeLine(
                FeeLine(
                    item: item, basis: row.basis, price: row.price, cycle: row.cycle,
                    kinds: row.kinds, from: row.from, to: row.to),
                in: work.community, act: work.act)
        }
        try refuseOverlappingFees(rowOf)
    }

    private mutating func refuseOverlappingFees(_ rowOf: [String: Int]) throws {
        let lines = try session.feeLines(of: community)
        for kind in UnitKind.allCases {
            let ofKind = lines.filter { $0.kinds.contains(kind) }
            let byItem = Dictionary(grouping: ofKind, by: \.item.code)
            for (_, same) in byItem.sorted(by: { inByteOrder($0.key, $1.key) }) {
                let inOrder = same.sorted { $0.from < $1.from }
                for (before, after) in zip(inOrder, inOrder.dropFirst())
                where (before.to ?? .distantFuture) >= after.from {
                    let kinds = after.kinds.map(\.rawValue).sorted().joined(separator: ";")
                    let row = rowOf["\(after.item.code)\u{1f}\(kinds)\u{1f}\(after.from)"]
                    report.add(
                        ImportProblem(
                            file: FeeRow.format.file, row: row, column: "from",
                            value: "\(after.from)", feesOverlap(before, kind)))
                }
            }
        }
    }

    mutating func readReadings() throws {
        try forEach(ReadingRow.self) { work, number, row in
            let place = RowPlace(file: ReadingRow.format.file, row: number)
            guard let (unit, _) = try work.accounts(ofUnit: row.unit, place),
                let item = try work.item(row.item, place, create: false)
            else { return nil }
            let recorded = try work.session.recordReading(
                unit: unit, item: item, period: row.period, use: row.use, act: work.act)
            if case .differs = recorded {
                work.refuse(place, "reading", "\(row.use.reading)", readingDiffers)
                return nil
            }
            return recorded == .known ? .known : .added
        }
    }
}

private func coOwnersDiffer(_ row: Int) -> Bilingual {
    Bilingual(
        zh: "和第 \(row) 行是同一套房、同一天开始的共有业主，终止日期和约定日率必须相同。",
        en:
            "names a co-owner of row \(row) from the same day; both need the same last day and rate."
    )
}

private func coOwnerMissing(_ owner: String) -> Bilingual {
    Bilingual(
        zh: "这套房从这天起还有共有业主 \(owner)。共有业主的终止日期和约定日率必须相同：请把每位都写上。",
        en:
            "\(owner) is a co-owner from the same day. Co-owners have the same last day and rate: give a "
            + "row for each of them.")
}

private func overlap(_ before: Account) -> Bilingual {
    let to = before.to.map(\.description) ?? ""
    return Bilingual(
        zh: "和从 \(before.from) 开始的产权期\(to.isEmpty ? "（没有终止日期）" : "（到 \(to)）")重叠。"
            + "请给前一位业主填终止日期（交接前一天）。",
        en:
            "overlaps the ownership from \(before.from)\(to.isEmpty ? ", which has no last day" : " to \(to)"). "
            + "Give the earlier owner a last day: the day before the transfer.")
}

private func feesOverlap(_ before: FeeLine, _ kind: UnitKind) -> Bilingual {
    Bilingual(
        zh: "\(before.item.code) 对 \(kind.rawValue) 的两条标准时间重叠（前一条从 \(before.from) 起）。"
            + "请给前一条填终止日期。",
        en: "two lines of \(before.item.code) for \(kind.rawValue) overlap (the earlier is from "
            + "\(before.from)). Give the earlier one a last day.")
}

private let readingDiffers = Bilingual(
    zh: "这个账期已有别的读数。请核对；读数确实录错的，先冲红该期收费。",
    en:
        "another reading is recorded for that period. Check it; if it was wrong, reverse its charge first."
)
