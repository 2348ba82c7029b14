import Dunning
import Evidence
import FeeLedger
public import Primitives
import SQLiteStore

/// One thing to see to before anyone goes to court.
public struct CaseFinding: Sendable {
    public enum State: String, Sendable {
        case ok
        /// The books lack it.
        case missing
        /// Stands outside the books: to be put to the pack by hand.
        case attach
        /// Speaks against going to court now.
        case stop
    }

    public let check: String
    public let state: State
    public let detail: Bilingual
}

/// What is complete, what is missing, and what speaks against a lawsuit, for one account.
public func checkCase(
    of unit: String, owner: String?, asOf: CivilDate, effects: Effects
) throws -> [CaseFinding] {
    try effects.store.read { session in
        try CaseFile(of: unit, owner: owner, asOf: asOf, rates: [], in: session, effects).findings
    }
}

extension CaseFile {
    var findings: [CaseFinding] {
        [claimed, held, demanded, inTime, unbroken, identity, address] + settings + outside
    }

    private var claimed: CaseFinding {
        let open = statement.principalOpen
        return open > .zero
            ? finding("claim", .ok, "未付本金 \(open) 元", "principal open: \(open)")
            : finding("claim", .stop, "没有未付本金，无从起诉", "no principal is open: nothing to claim")
    }

    private var held: CaseFinding {
        // A pause for the court is no reason against it.
        let against = holds.filter { $0 != DunningHold.Reason.court.rawValue }
        if against.isEmpty { return finding("holds", .ok, "没有暂停", "none") }
        let reasons = against.joined(separator: ", ")
        return finding(
            "holds", .stop, "有暂停：\(reasons)。困难、亡故、争议、已承诺或分期的，不起诉，由经理决定",
            "\(reasons): hardship, death, dispute, promise or plan are not for court; a manager decides"
        )
    }

    /// Each open charge was demanded, and that can be proven.
    private var demanded: CaseFinding {
        let proven = notices.filter { $0.isProven(under: context.policy.limitation) }
        let lacking = open.filter { charge in
            !proven.contains { $0.charges.contains(charge.charge.key) }
        }
        let names = named(lacking.map(\.charge))
        if lacking.isEmpty {
            return finding("demand", .ok, "每笔都有可证明的催告", "each charge has a proven demand")
        }
        return finding(
            "demand", .missing, "没有可证明送达（A、B、C 级）的催告：\(names)。请当面签收或寄挂号信",
            "no proven demand (grade A, B or C) for \(names): have one signed, or sent by "
                + "registered mail")
    }

    private var inTime: CaseFinding {
        let lapsed = clocks.filter { $0.daysLeft < 0 }
        let near = clocks.filter { $0.isAboutToLapse(under: context.policy.limitation) }
        let names = { (clocks: [OpenClock]) in named(clocks.map(\.charge)) }
        if !lapsed.isEmpty {
            return finding(
                "limitation", .missing, "已过时效：\(names(lapsed))，签字确认欠款后才能主张",
                "lapsed: \(names(lapsed)); to be claimed only once the debt is acknowledged in writing"
            )
        }
        if !near.isEmpty {
            return finding(
                "limitation", .missing, "快过时效：\(names(near))，请先抢救时效",
                "about to lapse: \(names(near)); rescue them first")
        }
        return finding("limitation", .ok, "都在时效之内", "every charge is in time")
    }

    private var unbroken: CaseFinding {
        if gaps.isEmpty { return finding("gaps", .ok, "没有缺口", "none") }
        let names = named(gaps.map(\.charge))
        return finding(
            "gaps", .missing, "后面的账期付了、中间没有催过，可能被推定已付：\(names)",
            "a later period was paid and nothing demanded in between, so that a court may take them for "
                + "paid: \(names)")
    }

    private var identity: CaseFinding {
        let nameless = owners.filter(\.name.isEmpty)
        return nameless.isEmpty
            ? finding(
                "identity", .attach,
                "业主 \(owners.map(\.name).joined(separator: "、"))：附身份证号或登记信息、不动产登记查询",
                "of the owners: identity number or registration, and the land register's extract")
            : finding(
                "identity", .missing, "业主 \(nameless.map(\.code).joined(separator: "、")) 没有姓名",
                "owners without a name: \(nameless.map(\.code).joined(separator: ", "))")
    }

    private var address: CaseFinding {
        let reachable = owners.contains { !$0.address.isEmpty || !$0.phone.isEmpty }
        return reachable
            ? finding("address", .ok, "有地址或电话", "an address or phone is known")
            : finding("address", .missing, "业主没有通讯地址，也没有电话", "no address, no phone")
    }

    private var settings: [CaseFinding] {
        let agreed =
            account.agreedRate.map {
                finding(
                    "late_fee", .attach, "约定日率 \($0.perMille)：附写明它的合同",
                    "agreed rate \($0.perMille) a day: add the contract that says so")
            }
            ?? finding(
                "late_fee", .attach, "合同没有单独的日率，按小区政策计：附写明它的合同或管理规约",
                "the community's rate: add the contract or covenant that says so")
        let ceiling =
            smallClaimsCeiling.map {
                finding("small_claims", .ok, "小额诉讼上限 \($0) 元", "ceiling \($0)")
            }
            ?? finding(
                "small_claims", .missing, "policy.yaml 没有 court.small_claims（本省当年的小额诉讼上限）",
                "policy.yaml has no court.small_claims: this year's ceiling of the province")
        return [agreed, ceiling]
    }

    private var outside: [CaseFinding] {
        [
            finding(
                "contract", .attach, "物业服务合同、入住协议、管理规约、收费备案",
                "service contract, move-in agreement, covenant, filing of the fees"),
            contacted,
            finding(
                "service_quality", .attach, "服务已经提供的证据：保洁、保安、维修记录",
                "that the service was given: records of cleaning, guarding, repairs"),
            finding(
                "standing", .attach, "营业执照、法定代表人身份证明、授权委托书",
                "business licence, identity of who acts for the office, power of attorney"),
        ]
    }

    private var contacted: CaseFinding {
        if contacts.isEmpty {
            return finding(
                "contacts", .attach, "电话、上门的联系记录和录音", "records of calls and visits")
        }
        return finding(
            "contacts", .ok, "有 \(contacts.count) 次联系记录；有录音的，请另附",
            "\(contacts.count) contacts are recorded; add recordings, if there are any")
    }

    /// `nil`: not set for the day.
    var smallClaimsCeiling: Money? {
        context.policy.smallClaims.filter { $0.from <= asOf }.max { $0.from < $1.from }?.amount
    }
}

/// By item, months that follow one another as one: `sf 2025-10–2026-01, wy 2025-12`.
private func named(_ charges: [Charge]) -> String {
    let byItem = Dictionary(grouping: charges, by: \.item.code)
    return byItem.keys.sorted(by: inByteOrder).flatMap { item in
        var spans: [ClosedRange<Period>] = []
        for period in byItem[item]!.map(\.period).sorted() {
            if let last = spans.last, last.upperBound.next == period {
                spans[spans.count - 1] = last.lowerBound...period
            } else {
                spans.append(period...period)
            }
        }
        return spans.map { span in
            let isOne = span.lowerBound == span.upperBound
            return "\(item) \(span.lowerBound)" + (isOne ? "" : "–\(span.upperBound)")
        }
    }.joined(separator: ", ")
}

private func finding(
    _ check: String, _ state: CaseFinding.State, _ zh: String, _ en: String
) -> CaseFinding {
    CaseFinding(check: check, state: state, detail: Bilingual(zh: zh, en: en))
}
