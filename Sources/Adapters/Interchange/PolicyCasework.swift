import Dunning
import FeeLedger
import Primitives
import Yams

/// `casework` in `policy.yaml`: the office's rules for people and cases.
extension PolicyReader {
    func casework(_ entry: Entry) -> CaseworkSettings {
        check(
            entry,
            knows: [
                "quiet", "contacts_per_week", "plan_broken_after", "living_allowance", "risk",
                "costs",
            ])
        var casework = CaseworkSettings()
        casework.quiet = quietHours(entry, ahead: casework.quiet.ahead) ?? casework.quiet
        casework.contactsPerWeek = count("contacts_per_week", in: entry, 1...99) ?? 3
        casework.planBrokenAfter = count("plan_broken_after", in: entry, 0...90) ?? 7
        if child("living_allowance", of: entry) != nil {
            casework.livingAllowances = list("living_allowance", in: entry).map { entry in
                check(entry, knows: ["from", "per_person"])
                return LivingAllowance(
                    from: date("from", in: entry),
                    perPerson: decimal("per_person", in: entry)
                        ?? missing("per_person", in: entry, .zero))
            }
            refuseUnlessAscending(
                casework.livingAllowances.map(\.from), child("living_allowance", of: entry))
        }
        if let risk = child("risk", of: entry) {
            let rules = list("risk", in: entry).map(riskRules)
            if rules.isEmpty {
                refuse(risk, Bilingual(zh: "至少要有一条。", en: "must have at least one rule."))
            } else {
                casework.riskRules = rules
            }
            refuseUnlessAscending(rules.map(\.from), risk)
        }
        if let costs = child("costs", of: entry) {
            check(costs, knows: Channel.allCases.map(\.rawValue))
            for channel in Channel.allCases {
                casework.costs.byChannel[channel] = decimal(channel.rawValue, in: costs)
            }
        }
        return casework
    }

    private func riskRules(_ entry: Entry) -> RiskRules {
        check(entry, knows: ["from", "doubtful_from", "bad_from", "provision"])
        let days = 1...36_500
        let usual = RiskRules.customary
        var provisions = usual.provisions
        if let shares = child("provision", of: entry) {
            check(shares, knows: RiskClass.allCases.map(\.rawValue))
            for risk in RiskClass.allCases {
                let share: Ratio? = decimal(risk.rawValue, in: shares)
                if let share, share > .one {
                    refuse(
                        child(risk.rawValue, of: shares),
                        Bilingual(zh: "不能大于 1。", en: "must not be above 1."))
                }
                provisions[risk] = share
            }
        }
        return RiskRules(
            from: date("from", in: entry),
            doubtfulFrom: count("doubtful_from", in: entry, days) ?? usual.doubtfulFrom,
            badFrom: count("bad_from", in: entry, days) ?? usual.badFrom, provisions: provisions)
    }

    private func refuseUnlessAscending(_ dates: [CivilDate], _ entry: Entry?) {
        guard zip(dates, dates.dropFirst()).contains(where: { $0 >= $1 }) else { return }
        refuse(
            entry, Bilingual(zh: "日期要从早到晚，不能重复。", en: "dates must ascend, without repeating."))
    }
}
