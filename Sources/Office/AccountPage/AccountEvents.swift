public import Casework
public import Dunning
public import Evidence
public import FeeLedger
public import Primitives
public import SQLiteStore

/// One thing that happened to an account, on the day on which it counts.
public struct AccountEvent: Sendable {
    /// What a reader may pick.
    public enum Kind: String, CaseIterable, Sendable {
        case charge, payment, notice, service, contact
    }

    public enum Matter: Sendable {
        /// Issued on one day.
        case charges([ChargedItem], due: CivilDate)
        case chargeReversed(ChargedItem)
        /// - Parameter parts: what it met by the date of the view; empty of one that was reversed.
        case payment(Session.TakenPayment, parts: [PaymentPart])
        case paymentReversed(Session.TakenPayment)
        /// - Parameter taken: what it takes off on the date of the view.
        case waiver(Session.RecordedWaiver, ChargedItem, taken: Money)
        /// - Parameter itemName: `nil`: every item.
        case concession(Concession, itemName: String?)
        /// - Parameters:
        ///   - grade: of its best service.
        ///   - isMailed: a mail server took it.
        case notice(
            Session.GivenNotice, Session.NoticeExtent, grade: ProofGrade?, isMailed: Bool)
        case mail(Session.MailTrace)
        case service(Session.RecordedService)
        case contact(AccountContact)
        case promise(PromiseToPay, PromiseToPay.State)
        /// On the day after it was to be paid: not, or only in part.
        case promiseBroken(PromiseToPay, PromiseToPay.State)
        case plan(number: Int, InstalmentPlan.Terms, InstalmentPlan.State)
        case planSigned(number: Int)
        case planBroken(number: Int)
        case hold(DunningHold)
        /// That nobody has decided yet.
        case proposal(number: Int, kind: String, by: String)
    }

    public let date: CivilDate
    public let matter: Matter

    public var kind: Kind {
        switch matter {
        case .charges, .chargeReversed, .waiver, .concession: .charge
        case .payment, .paymentReversed: .payment
        case .notice, .mail: .notice
        case .service: .service
        default: .contact
        }
    }
}

/// A charge by name.
public struct ChargedItem: Hashable, Sendable {
    public let itemName: String
    public let period: Period
    public let amount: Money
}

/// What of a payment met one charge, by name.
public struct PaymentPart: Hashable, Sendable {
    public let target: Session.AllocatedPart.Target
    /// `nil`: of credit.
    public let period: Period?
    public let itemName: String
    public let amount: Money
}

/// A contact without what may speak of hardship.
public struct AccountContact: Hashable, Sendable {
    public let number: Int
    public let way: ContactWay
    /// Minutes of the day; `nil`: not noted.
    public let minute: Int?
    public let staff: [String]
    /// To whom they spoke; may be empty.
    public let with: String
    public let relation: ContactRelation
    /// `nil`: withheld.
    public let note: String?
    /// `nil`: none was named, or it is withheld.
    public let reason: ArrearsReason?
    public let next: CivilDate?
    /// Rules that it broke, and what to remember: with what to do.
    public let warnings: [Bilingual]
}

extension AccountPageMaking {
    /// The newest first; of one day what was entered later stands above.
    var events: [AccountEvent] {
        get throws {
            let all =
                issued + reversedCharges + (try waived) + conceded + received + (try told)
                + mailed + (try served) + (try spoken) + promised + planned + held + (try proposed)
            return all.enumerated().filter { $1.date <= asOf }
                .sorted { ($0.element.date, $0.offset) > ($1.element.date, $1.offset) }
                .map(\.element)
        }
    }

    private func named(_ charge: Charge) -> ChargedItem {
        ChargedItem(
            itemName: itemNames[charge.item.id] ?? charge.item.code, period: charge.period,
            amount: charge.amount)
    }

    private func charge(_ key: ChargeKey) -> ChargeBook? {
        book.charges.first { $0.charge.key == key }
    }

    // MARK: - Money

    private var issued: [AccountEvent] {
        struct Issue: Hashable {
            let date, due: CivilDate
        }
        let groups = Dictionary(grouping: book.charges.map(\.charge)) {
            Issue(date: $0.issued, due: $0.due)
        }
        return groups.sorted { ($0.key.date, $0.key.due) < ($1.key.date, $1.key.due) }.map {
            AccountEvent(
                date: $0.key.date,
                matter: .charges(
                    $0.value.sorted { inByteOrder($0.item.code, $1.item.code) }.map { named($0) },
                    due: $0.key.due))
        }
    }

    private var reversedCharges: [AccountEvent] {
        book.charges.compactMap { charge in
            charge.reversed.map {
                AccountEvent(date: $0, matter: .chargeReversed(named(charge.charge)))
            }
        }
    }

    private var waived: [AccountEvent] {
        get throws {
            try session.waivers(of: account, asOf: asOf).compactMap { waiver in
                guard let charge = charge(waiver.charge) else { return nil }
                return AccountEvent(
                    date: waiver.date,
                    matter: .waiver(
                        waiver, named(charge.charge),
                        taken: charge.waived(by: waiver.id, asOf: asOf)))
            }
        }
    }

    private var conceded: [AccountEvent] {
        concessions.map { concession in
            AccountEvent(
                date: concession.decided ?? concession.from.firstDay,
                matter: .concession(
                    concession, itemName: concession.item.map { itemNames[$0] ?? "" }))
        }
    }

    private var received: [AccountEvent] {
        let met = Dictionary(grouping: parts, by: \.payment)
        return payments.flatMap { payment in
            let parts = (met[payment.id] ?? []).map { part in
                PaymentPart(
                    target: part.target, period: part.charge?.period,
                    itemName: part.charge.flatMap { itemNames[$0.item] } ?? "",
                    amount: part.amount)
            }
            let came = AccountEvent(date: payment.date, matter: .payment(payment, parts: parts))
            return [came]
                + (payment.reversed.map {
                    [AccountEvent(date: $0, matter: .paymentReversed(payment))]
                } ?? [])
        }
    }

    // MARK: - Papers

    private var told: [AccountEvent] {
        get throws {
            let extents = try session.noticeExtents(of: account, asOf: asOf)
            return try notices.compactMap { notice in
                guard let extent = extents[notice.id] else { return nil }
                let isMailed = mails.contains {
                    $0.notice == notice.number && $0.outcome == .delivery(.accepted)
                }
                let grade = try standingServices(of: notice).map(\.grade).min()
                return AccountEvent(
                    date: notice.asOf,
                    matter: .notice(notice, extent, grade: grade, isMailed: isMailed))
            }
        }
    }

    private func standingServices(
        of notice: Session.GivenNotice
    ) throws -> [Session.RecordedService] {
        try session.services(of: notice.id).filter {
            $0.withdrawn == nil && $0.service.date <= asOf
        }
    }

    /// What the servers took is told with its notice and its service; here stands what went wrong,
    /// and what is not decided.
    private var mailed: [AccountEvent] {
        mails.filter { mail in
            switch mail.outcome {
            case .delivery(let state): [.accepted, .rejected, .inDoubt].contains(state)
            case .cameBack: true
            }
        }.map { AccountEvent(date: day(of: $0.at), matter: .mail($0)) }
    }

    /// A mail that a server took is a service, and told as mail.
    private var served: [AccountEvent] {
        get throws {
            try notices.flatMap { notice in
                try standingServices(of: notice).filter { $0.service.message == nil }.map {
                    AccountEvent(date: $0.service.date, matter: .service($0))
                }
            }
        }
    }

    // MARK: - People

    private var spoken: [AccountEvent] {
        get throws {
            try session.contacts(of: account, asOf: asOf).map {
                AccountEvent(
                    date: $0.contact.date,
                    matter: .contact(
                        AccountContact($0, under: context.policy.casework)))
            }
        }
    }

    private var promised: [AccountEvent] {
        promises.flatMap { recorded in
            let promise = recorded.promise
            let state = recorded.state(asOf: asOf)
            let given = AccountEvent(date: promise.on, matter: .promise(promise, state))
            guard state == .broken || state == .partly else { return [given] }
            let after = promise.until.advanced(byDays: 1)
            return [given, AccountEvent(date: after, matter: .promiseBroken(promise, state))]
        }
    }

    private var planned: [AccountEvent] {
        plans.flatMap { recorded in
            guard let approved = recorded.plan.approved, approved <= asOf else {
                return [AccountEvent]()
            }
            let number = recorded.id.number
            let state = recorded.plan.state(asOf: asOf, recorded.receipts)
            return [
                AccountEvent(
                    date: approved,
                    matter: .plan(number: number, recorded.plan.terms, state)),
                recorded.signed.map { AccountEvent(date: $0, matter: .planSigned(number: number)) },
                recorded.plan.brokenOn(recorded.receipts).map {
                    AccountEvent(date: $0, matter: .planBroken(number: number))
                },
            ].compactMap { $0 }
        }
    }

    /// Those of the register, and what follows from a death or a court case; promises and plans are
    /// told by themselves.
    private var held: [AccountEvent] {
        let derived = holds.filter { [.deceased, .court].contains($0.reason) }
        return Array(Set(registered + derived)).filter { $0.reason != .hardship }
            .sorted { ($0.from, $0.reason.rawValue) < ($1.from, $1.reason.rawValue) }
            .map { AccountEvent(date: $0.from, matter: .hold($0)) }
    }

    private var proposed: [AccountEvent] {
        get throws {
            try session.proposals(of: account, asOf: asOf).filter { recorded in
                let isOpen = recorded.approval.map { $0.day > asOf } ?? true
                return isOpen && recorded.proposal.hardshipCase == nil
            }.map {
                AccountEvent(
                    date: $0.proposal.day,
                    matter: .proposal(
                        number: $0.id.number, kind: $0.kind, by: $0.proposal.by))
            }
        }
    }
}

extension AccountContact {
    fileprivate init(_ recorded: Session.RecordedContact, under settings: CaseworkSettings) {
        let contact = recorded.contact
        let isWithheld = contact.reason == .temporary || contact.reason == .long
        self.init(
            number: recorded.number, way: contact.way, minute: contact.minute,
            staff: contact.staff, with: contact.with,
            relation: ContactRelation(word: contact.relation),
            note: isWithheld ? nil : contact.note, reason: isWithheld ? nil : contact.reason,
            next: contact.next,
            warnings: recorded.brokenRuleMessages(under: settings)
                + [recorded.reminder].compactMap { $0 })
    }
}
