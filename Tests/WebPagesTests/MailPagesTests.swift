import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@testable import WebPages

/// Maple Court after the run of December 2026.
private func afterTheRun() throws -> ServedOffice {
    try ServedOffice(today: "2026-12-22") { office in
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-12"), asOf: date("2026-12-20"), dryRun: false, effects: office.effects)
    }
}

@Suite struct `The pages of mail` {
    private func stand(_ state: DeliveryState, _ pages: ServedOffice) throws -> MessageID {
        let message = try listedMessages(effects: pages.office.effects)[0]
        try pages.office.effects.store.write { session in
            let community = try session.community(code: "FL")!
            let act = try session.addAct(
                community: community, kind: "test", by: "test", at: "", detail: "")
            let now = pages.office.effects.now()
            let retry = state == .deferred ? now.advanced(bySeconds: 600) : nil
            var delivery = Delivery(state, attempt: 1, at: now, retryAt: retry)
            delivery.words = "451 <b>try later</b>"
            try session.add(delivery, of: message.id, by: nil, act: act)
        }
        return message.id
    }

    @Test func `add up to all messages, state by state`() throws {
        let pages = try afterTheRun()
        _ = try stand(.inDoubt, pages)
        let counts = try mailCounts(effects: pages.office.effects)
        let shown = pages.get("/mail", as: "周审计").shown
        for state in DeliveryState.allCases {
            #expect(shown.contains("\(state.words.zh) \(counts[state] ?? 0)<"), "\(state)")
            let list = pages.get("/mail/list", ["state": state.rawValue], as: "周审计").shown
            let rows = list.matches(of: #/<td role="cell" class="n nw"><a href="/mail/\d+"/#).count
            #expect(rows == min(50, counts[state] ?? 0), "\(state)")
        }
        #expect(!shown.contains("<b>try later"))
        #expect(shown.contains("&lt;b&gt;try later"))
    }

    /// What of the states may become what is `resolveMail`'s; the page offers no more.
    @Test(arguments: [
        (DeliveryState.inDoubt, ["accepted", "resend", "cancel"]), (.deferred, ["cancel"]),
        (.rejected, ["resend"]), (.accepted, []), (.cancelled, ["resend"]),
    ])
    func `offer what can be decided`(_ state: DeliveryState, _ decisions: [String]) throws {
        let pages = try afterTheRun()
        let id = try stand(state, pages)
        let shown = pages.get("/mail/\(id.number)", as: "何静").shown
        for decision in MailDecision.allCases.map(\.rawValue) {
            #expect(
                shown.contains("value=\"\(decision)\"") == decisions.contains(decision),
                "\(decision)")
        }
        #expect(!pages.get("/mail/\(id.number)", as: "周审计").shown.contains("name=\"say\""))
    }

    @Test func `record a decision with its reason, once`() throws {
        let pages = try afterTheRun()
        let id = try stand(.inDoubt, pages)
        let place = "/mail/\(id.number)"
        let without = pages.post(place, ["say": "accepted", "reason": " "], as: "何静")
        #expect(without.status == 422)
        let form = ["say": "accepted", "reason": "电话问过，收到了"]
        #expect(pages.post(place, form, as: "何静", token: "one").location == "/mail?done=accepted")
        #expect(pages.post(place, form, as: "何静", token: "one").status == 303)
        let message = try shownMessage(id, effects: pages.office.effects)
        #expect(message.deliveries.map(\.delivery.state) == [.inDoubt, .accepted])
        #expect(message.deliveries.last?.byWhom == "何静")
        #expect(message.deliveries.last?.delivery.words == "电话问过，收到了")
    }

    @Test func `say why nothing can be sent without a server`() throws {
        let pages = try afterTheRun()
        let shown = pages.get("/mail", as: "何静").shown
        #expect(shown.contains("没有写明邮件服务器"))
        #expect(!shown.contains("action=\"/mail/send\""))
        let job = try pages.ended(at: pages.post("/mail/send", as: "何静").location)
        #expect(job.state == .failed(DeliveryError.noServer.message))
        #expect(try mailCounts(effects: pages.office.effects)[.accepted] == nil)
    }

    @Test func `show a mail as its owner sees it, and only in its own community`() throws {
        let pages = try afterTheRun()
        let look = pages.get("/mail/1/look", as: "何静")
        #expect(look.isForeignDocument && look.shown.contains("枫林苑"))
        #expect(pages.get("/mail/999999", as: "何静").status == 404)
        #expect(pages.get("/mail/addresses/O999999", as: "何静").status == 404)
    }
}

@Suite struct `The pages of letters` {
    @Test func `print what waits once, and give the very file that is kept`() throws {
        let pages = try afterTheRun()
        let waiting = try lettersToPrint(period: nil, effects: pages.office.effects).count
        #expect(waiting > 0)
        #expect(pages.get("/letters", as: "何静").shown.contains("排印 \(waiting) 封信"))
        let job = try pages.ended(at: pages.post("/letters", as: "何静").location)
        guard case .done(let outcome) = job.state else {
            Issue.record("\(job.state)")
            return
        }
        #expect(outcome.summary.zh.contains("\(waiting) 封信"))
        let again = try pages.ended(at: pages.post("/letters", as: "何静").location)
        #expect(
            again.state
                == .done(
                    Jobs.Outcome(
                        summary: Bilingual(zh: "没有等着打印的信。", en: "No letter waited to be printed."),
                        next: outcome.next)))
        let file = pages.get("/letters/1/file", as: "周审计")
        #expect(file.body.starts(with: Array("%PDF".utf8)))
        let batch = try letterBatch(1, effects: pages.office.effects)!
        #expect(try letterFile(batch.batch, effects: pages.office.effects) == file.body)
        #expect(batch.letters.count == waiting && batch.batch.letters == waiting)
        #expect(pages.get("/letters/2", as: "何静").status == 404)
    }

    @Test func `print a copy that is counted, and only by a post`() throws {
        let pages = try afterTheRun()
        _ = try pages.ended(at: pages.post("/letters", as: "何静").location)
        let number = try letterBatch(1, effects: pages.office.effects)!.letters[0].number
        let copy = pages.post("/letters/reprint", ["number": number], as: "何静")
        #expect(copy.type == "application/pdf" && copy.body.starts(with: Array("%PDF".utf8)))
        #expect(try letterBatch(1, effects: pages.office.effects)!.letters[0].reprints == 1)
        let unknown = pages.post("/letters/reprint", ["number": "FL-200001-00001-1"], as: "何静")
        #expect(unknown.status == 422)
    }
}

@Suite struct `The page of approvals` {
    private func proposed(_ pages: ServedOffice, by name: String) throws -> Int {
        let unit = try letterUnit(pages)
        return try propose(
            ProposalEntry(
                unit: unit, owner: nil, matter: .writeOff(item: "wy", period: period("2026-12")),
                day: date("2026-12-21"), staff: name, reason: "<i>查无此人</i>"),
            effects: pages.office.effects)
    }

    private func letterUnit(_ pages: ServedOffice) throws -> String {
        try lettersToPrint(period: nil, effects: pages.office.effects)[0].unit
    }

    @Test func `lets a manager decide who did not propose it`() throws {
        let pages = try afterTheRun()
        let number = try proposed(pages, by: "罗文")
        let place = "/approvals/\(number)"
        let decision = ["say": "approve", "reason": ""]
        #expect(!pages.get(place, as: "罗文").shown.contains("name=\"say\""))
        #expect(pages.post(place, decision, as: "罗文").status == 422)
        #expect(pages.post(place, decision, as: "何静").status == 403)
        #expect(pages.get(place, as: "许亮").shown.contains("批准核销"))
        #expect(pages.post(place, decision, as: "许亮", token: "once").location == place)
        #expect(pages.post(place, decision, as: "许亮", token: "once").status == 303)
        let all = try proposals(
            asOf: date("2026-12-22"), shownTo: "许亮", effects: pages.office.effects)
        #expect(all.first?.recorded.approval?.by == "许亮")
        #expect(pages.get("/approvals", as: "周审计").shown.contains("已批准"))
    }

    @Test func `asks for a reason where it is refused`() throws {
        let pages = try afterTheRun()
        let place = "/approvals/\(try proposed(pages, by: "何静"))"
        #expect(pages.post(place, ["say": "refuse", "reason": ""], as: "罗文").status == 422)
        #expect(pages.post(place, ["say": "refuse", "reason": "再找找"], as: "罗文").status == 303)
        #expect(pages.get(place, as: "何静").shown.contains("再找找"))
        #expect(pages.get(place, as: "何静").shown.contains("&lt;i&gt;查无此人"))
    }

    @Test func `tells nobody but managers and the case's staff of relief in hardship`() throws {
        let pages = try afterTheRun()
        let effects = pages.office.effects
        let unit = try letterUnit(pages)
        let number = try openHardshipCase(
            for: unit, owner: nil, kind: .temporary, reason: "金丝雀", by: "何静",
            on: date("2026-12-21"), review: nil, effects: effects
        ).number
        _ = try proposeRelief(
            for: number, .concession(item: "*", from: period("2026-12"), to: nil, .noLateFee),
            review: date("2027-03-01"), by: "何静", on: date("2026-12-21"), effects: effects)
        for (name, sees) in [("罗文", true), ("何静", true), ("孙六", false), ("周审计", false)] {
            let list = pages.get("/approvals", as: name)
            #expect(list.shown.contains("困难户减免") == sees, "\(name)")
            #expect(!list.shown.contains("金丝雀"))
            #expect(pages.get("/approvals/1", as: name).status == (sees ? 303 : 404), "\(name)")
        }
        let decision = pages.post("/approvals/1", ["say": "approve"], as: "罗文")
        #expect(decision.status == 404)
    }
}
