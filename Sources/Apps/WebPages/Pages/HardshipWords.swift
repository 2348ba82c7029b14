import Casework
import Dunning
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// What the page of one case names.
struct CasePage {
    let model: [String: Any]

    init(_ shown: ShownHardshipCase, _ visit: Visit) throws {
        let language = visit.language
        let open = shown.reliefs.filter { $0.recorded.approval == nil }
        var model: [String: Any] = [
            "reason": shown.file.reason, "looked": visit.clock(visit.effects.now()),
            "principal": money(shown.principal), "lateFee": money(shown.lateFee),
            "proofs": shown.file.proofs.enumerated().map { proof($0, $1, shown.asOf, language) },
            "open": open.map { relief($0, shown, visit) },
            "hasOpen": !open.isEmpty,
            "past": past(shown, language),
            "opener": shown.record.opener,
            "isManager": visit.user.role == .manager,
        ]
        model["sheet"] = shown.sheet.map { sheet($0, shown, open, language) as Any } ?? false
        let hardship = shown.record.hardship
        let may = { (outcome: HardshipCase.Outcome) in hardship.mayBe(outcome, on: shown.asOf) }
        let isManager = visit.user.role == .manager
        model["mayRefuse"] = open.isEmpty && shown.mayDecide && may(.refused)
        model["mayRenew"] = open.isEmpty && shown.mayDecide && may(.renewed)
        model["mayClose"] = isManager && may(.closed)
        model["mayPropose"] = may(.granted)
        model["mayNotDecide"] = isManager && !shown.mayDecide && may(.closed)
        self.model = model
    }
}

private func proof(
    _ index: Int, _ proof: Session.HardshipProof, _ asOf: CivilDate, _ language: Language
) -> [String: Any] {
    let isPast = proof.validUntil.map { $0 < asOf } ?? false
    let until =
        proof.validUntil.map {
            Bilingual(zh: "有效至 \($0)", en: "valid until \($0)")
        } ?? Bilingual(zh: "没有写期限", en: "no end was named")
    return [
        "words": proof.kind.words[language], "place": String(index + 1),
        "until": until[language], "isPast": isPast, "note": proof.note,
        "staff": proof.staff, "day": "\(proof.day)", "hasFile": !proof.sha256.isEmpty,
        "hash": proof.sha256.isEmpty ? "" : proof.sha256.prefix(4) + "…" + proof.sha256.suffix(4),
    ]
}

// MARK: - What can be paid

private func sheet(
    _ sheet: Session.AffordabilitySheet, _ shown: ShownHardshipCase,
    _ open: [ShownHardshipCase.ProposedRelief], _ language: Language
) -> [String: Any] {
    let affordability = sheet.affordability
    let rest = affordability.remainder
    let isEnough = rest > .zero
    let monthly = open.monthly
    var words = Bilingual(
        zh: isEnough ? "旧欠 \(money(shown.principal + shown.lateFee))。" : "收入不够基本生活，什么分期也付不起。",
        en: isEnough
            ? "Owed: \(money(shown.principal + shown.lateFee))."
            : "The income does not cover what they need to live on: no plan carries.")
    if isEnough, monthly > .zero {
        let left = rest - monthly
        words =
            left >= .zero
            ? Bilingual(
                zh: "提议每月付 \(money(monthly))，还剩 \(money(left))，付得起。",
                en:
                    "The proposal asks \(money(monthly)) a month; \(money(left)) is left: it can be paid."
            )
            : Bilingual(
                zh: "提议每月付 \(money(monthly))，还缺 \(money(left.magnitude))，付不起。",
                en:
                    "The proposal asks \(money(monthly)) a month; \(money(left.magnitude)) is missing."
            )
    } else if isEnough, let plan = affordability.plan(for: shown.principal + shown.lateFee) {
        words = Bilingual(
            zh: words.zh + "每月最多 \(money(plan.monthly))，要 \(plan.months) 期。",
            en: words.en + " At most \(money(plan.monthly)) a month, in \(plan.months) parts.")
    }
    return [
        "day": "\(sheet.day)", "persons": String(affordability.persons),
        "allowance": money(affordability.allowance), "needs": money(affordability.needs),
        "incomes": zip(sheet.sources, affordability.incomes).map {
            ["source": $0, "amount": money($1)]
        }, "income": money(affordability.income), "rest": money(rest), "isEnough": isEnough,
        "answer": words[language],
    ]
}

extension [ShownHardshipCase.ProposedRelief] {
    /// What they ask of the household a month together: the coming charges less what is conceded,
    /// and the largest part of a plan.
    fileprivate var monthly: Money {
        guard let first else { return .zero }
        return reduce(first.effect.month) { sum, relief in
            if case .plan(let terms) = relief.recorded.proposal.matter {
                return sum + (terms.parts.map(\.amount).max() ?? .zero)
            }
            return sum - (relief.effect.each.map { $0.before - $0.after } ?? .zero)
        }
    }
}

// MARK: - Reliefs

private func relief(
    _ relief: ShownHardshipCase.ProposedRelief, _ shown: ShownHardshipCase, _ visit: Visit
) -> [String: Any] {
    let language = visit.language
    let proposal = relief.recorded.proposal
    let (what, when, figures) = relief.terms(owed: shown.lateFee)
    let isOwn = visit.user.userName == proposal.by
    return [
        "id": String(relief.recorded.id.number), "by": proposal.by, "day": "\(proposal.day)",
        "what": what[language], "when": when[language], "figures": figures[language],
        "until": proposal.review.map { "\($0)" } ?? "",
        "mayBeDecided": relief.mayBeDecided, "me": visit.user.userName,
        "myRole": visit.user.role.words[language],
        "approve": relief.approval[language],
        "whyNot": whyNot(relief, shown, visit, isOwn: isOwn)[language],
    ]
}

/// Why the visitor may not decide it.
private func whyNot(
    _ relief: ShownHardshipCase.ProposedRelief, _ shown: ShownHardshipCase, _ visit: Visit,
    isOwn: Bool
) -> Bilingual {
    if visit.user.role != .manager {
        return Bilingual(
            zh: "由经理决定；提的人、受理的人不能批。",
            en: "A manager decides, who neither proposed it nor opened the case.")
    }
    return isOwn
        ? Bilingual(zh: "您自己提的，要由另一位经理决定。", en: "You proposed it; another manager decides.")
        : Bilingual(zh: "案卷是您受理的，要由另一位经理决定。", en: "You opened the case; another manager decides.")
}

extension ShownHardshipCase.ProposedRelief {
    /// What it is, for when, and in which figures.
    fileprivate func terms(owed lateFee: Money) -> (Bilingual, Bilingual, Bilingual) {
        switch recorded.proposal.matter {
        case .concession(_, let from, let to, let relief):
            let item =
                item.isEmpty
                ? Bilingual(zh: "全部收费", en: "Every item") : Bilingual(zh: item, en: item)
            let when = Bilingual(
                zh: "\(from) 至 \(to.map { "\($0)" } ?? "长期")"
                    + (effect.periods.map { "，还有 \($0) 期" } ?? ""),
                en: "\(from) to \(to.map { "\($0)" } ?? "no end")"
                    + (effect.periods.map { ", \($0) to come" } ?? ""))
            let each =
                effect.each.map {
                    Bilingual(
                        zh: "每期 \(money($0.before)) → \(money($0.after))",
                        en: "each \(money($0.before)) → \(money($0.after))")
                } ?? Bilingual(zh: "", en: "")
            switch relief {
            case .percent(let share):
                let part = share.shortDescription
                return (
                    Bilingual(zh: "\(item.zh)减 \(part)%", en: "\(item.en): \(part)% off"), when,
                    each
                )
            case .amount(let off):
                return (
                    Bilingual(
                        zh: "\(item.zh)每期减 \(money(off))", en: "\(item.en): \(money(off)) off each"),
                    when, each
                )
            case .noLateFee:
                return (
                    Bilingual(zh: "不计违约金", en: "No late fee"), when,
                    Bilingual(
                        zh: "已计 \(money(lateFee - effect.lateFee)) 照付，以后不计",
                        en: "\(money(lateFee - effect.lateFee)) stays owed, none later")
                )
            }
        case .plan(let terms):
            let first = terms.parts[0]
            let last = terms.parts[terms.parts.count - 1]
            return (
                Bilingual(zh: "旧欠分期", en: "Instalments"),
                Bilingual(
                    zh:
                        "\(first.due) 起每期 \(money(first.amount))，末期 \(last.due) \(money(last.amount))",
                    en:
                        "\(money(first.amount)) from \(first.due), at last \(money(last.amount)) on \(last.due)"
                ),
                Bilingual(
                    zh: "\(terms.parts.count) 期，共 \(money(terms.total))",
                    en: "\(terms.parts.count) parts, \(money(terms.total)) in all")
            )
        default:
            return (Bilingual(zh: "", en: ""), Bilingual(zh: "", en: ""), Bilingual(zh: "", en: ""))
        }
    }

    /// What the button says: the act, and what it costs the office.
    fileprivate var approval: Bilingual {
        switch recorded.proposal.matter {
        case .plan(let terms):
            return Bilingual(
                zh: "批准：\(terms.parts.count) 期付清 \(money(terms.total))",
                en: "Approve: \(money(terms.total)) in \(terms.parts.count) parts")
        case .concession(_, _, _, .noLateFee):
            return Bilingual(zh: "批准：从今天起不计违约金", en: "Approve: no late fee from today on")
        default:
            let off = effect.each.map { $0.before - $0.after } ?? .zero
            let periods = effect.periods ?? 0
            let later = Money(fen: off.fen * periods)
            let sum = effect.principal + later
            return effect.periods == nil
                ? Bilingual(
                    zh: "批准：每期少收 \(money(off))，没有终止账期",
                    en: "Approve: \(money(off)) less each period, without an end")
                : Bilingual(
                    zh: "批准：\(periods) 期共少收 \(money(sum))",
                    en: "Approve: \(money(sum)) less in \(periods) periods")
        }
    }
}

/// What was decided, the latest first.
private func past(_ shown: ShownHardshipCase, _ language: Language) -> [[String: Any]] {
    let refused = zip(shown.file.reliefs, shown.reliefs).filter { $0.0.isApproved == false }.map {
        [
            "words": Bilingual(
                zh: "提议 \($0.0.proposal.number) 不批准", en: "proposal \($0.0.proposal.number) refused"
            )[language],
            "day": "\($0.1.recorded.approval!.day)", "by": $0.1.recorded.approval!.by,
            "reason": $0.0.reason, "until": "",
        ] as [String: Any]
    }
    let decisions = shown.file.decisions.map {
        [
            "words": $0.decision.outcome.words[language], "day": "\($0.decision.day)",
            "by": $0.staff, "reason": $0.reason,
            "until": $0.decision.review.map { "\($0)" } ?? "",
        ] as [String: Any]
    }
    let withReason = refused.filter { ($0["reason"] as? String) != "" }
    return (decisions + withReason).reversed()
}

// MARK: - Words

extension HardshipCase.State {
    /// Shape and colour, and the word.
    var mark: (String, Bilingual) {
        switch self {
        case .open: ("open", Bilingual(zh: "待决定", en: "open"))
        case .granted: ("pine", Bilingual(zh: "已给予帮助", en: "granted"))
        case .refused: ("hold", Bilingual(zh: "未同意", en: "refused"))
        case .closed: ("hold", Bilingual(zh: "已结案", en: "closed"))
        case .lapsed: ("red", Bilingual(zh: "已过复核日", en: "lapsed"))
        }
    }
}

extension HardshipCase.Outcome {
    var words: Bilingual {
        switch self {
        case .granted: Bilingual(zh: "给予帮助", en: "granted")
        case .refused: Bilingual(zh: "不同意", en: "refused")
        case .renewed: Bilingual(zh: "续期", en: "renewed")
        case .closed: Bilingual(zh: "结案", en: "closed")
        }
    }
}

extension HardshipCase.Kind {
    var words: Bilingual {
        switch self {
        case .long: Bilingual(zh: "长期困难", en: "for long")
        case .temporary: Bilingual(zh: "一时困难", en: "for now")
        }
    }
}

extension HardshipProofKind {
    var words: Bilingual {
        switch self {
        case .benefitCertificate: Bilingual(zh: "低保证", en: "Benefit certificate")
        case .disabilityCertificate: Bilingual(zh: "残疾证", en: "Disability certificate")
        case .hospitalRecord: Bilingual(zh: "住院记录", en: "Hospital record")
        case .medicalBills: Bilingual(zh: "医疗票据", en: "Medical bills")
        case .other: Bilingual(zh: "其他", en: "Other")
        }
    }
}
