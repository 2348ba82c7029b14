import Dunning
import FeeLedger
import Primitives
import Testing

@Suite struct `Notice numbers` {
    /// 2026 1200 037 from the right, every other digit doubled and its digits added:
    /// 5 3 0 0 0 2 2 6 4 0 4 are 26, which 4 completes to 30; the 1 of A1 makes it 27. With the
    /// serial 123456: 3 5 8 3 4 1 4 1 3 2 0 2 are 36.
    @Test(arguments: [
        ("FL", "2026-12", 37, "FL-202612-00037-4"),
        ("FL", "2026-12", 123_456, "FL-202612-123456-4"),
        ("A1", "2026-12", 37, "A1-202612-00037-3"),
    ])
    func `a number ends in its check digit`(
        community: String, period: String, serial: Int, text: String
    ) {
        let number = NoticeNumber(community: community, period: month(period), serial: serial)
        #expect(number.description == text)
        #expect(NoticeNumber.isValid(text))
    }

    @Test func `every single digit that is wrong is caught`() {
        for serial in [37, 1, 99_999, 123_456] {
            let number = NoticeNumber(community: "S7", period: month("2026-12"), serial: serial)
            let text = Array(number.description)
            for place in text.indices where text[place].isNumber {
                for digit in "0123456789" where digit != text[place] {
                    var wrong = text
                    wrong[place] = digit
                    #expect(!NoticeNumber.isValid(String(wrong)), "\(String(wrong))")
                }
            }
        }
    }

    /// Luhn's one gap: 09 and 90.
    @Test func `adjacent digits that changed places are caught, but for 0 and 9`() {
        var caught = 0
        for serial in 1...2_000 {
            let number = NoticeNumber(community: "FL", period: month("2026-12"), serial: serial)
            var text = Array(number.description.utf8)
            let places = text.indices.filter { (48...57).contains(text[$0]) }
            for (first, second) in zip(places, places.dropFirst())
            where text[first] != text[second] {
                text.swapAt(first, second)
                let isValid = NoticeNumber.isValid(String(decoding: text, as: UTF8.self))
                #expect(isValid == (Set([text[first], text[second]]) == Set("09".utf8)))
                if !isValid { caught += 1 }
                text.swapAt(first, second)
            }
        }
        #expect(caught > 10_000)
    }

    @Test(arguments: [
        "", "-", "4", "FL", "FL-202612-00037", "FL-202612-00037-", "FL-202612-00037-44",
        "FL-202612-00037-x", "FL-202612-00037-5", "FL-202612-00037-４",
    ])
    func `no valid number`(text: String) {
        #expect(!NoticeNumber.isValid(text))
    }
}

@Suite struct Notices {
    private let number = NoticeNumber(community: "FL", period: month("2026-12"), serial: 37)
    private let dispatch = Dispatch(channels: [.email], owners: [])

    private func frozen(_ decided: NoticeDecision.Notice, _ book: AccountBook) -> Notice {
        Notice(
            decided, number: number, book: book, statement: book.statement(asOf: Sample.asOf),
            dispatch: dispatch)
    }

    @Test func `a notice freezes every open charge with its late fee and how it accrued`() {
        // 40 days × 0.10 and 10 days × 0.05; 100.00 of the first is paid today.
        let book = Sample.book(
            [
                .init(days: 40, amount: "100.00"), .init(days: 10, amount: "50.00"),
                .init(days: -14, amount: "300.00", isNew: true),
            ], paid: "100.00")
        let notice = frozen(.dunning(DunningLadder.customary.stages[1]), book)
        #expect(notice.lines.map(\.principalOpen) == ["0.00", "50.00", "300.00"].map(yuan))
        #expect(notice.lines.map(\.amount) == ["100.00", "50.00", "300.00"].map(yuan))
        #expect(notice.lines.map(\.lateFee) == ["4.00", "0.50", "0.00"].map(yuan))
        #expect(notice.lines.map(\.daysOverdue) == [0, 10, 0])
        #expect(notice.lines.map(\.isNew) == [false, false, true])
        #expect(notice.lines.map { $0.accrual.map(\.days) } == [[40], [10], []])
        #expect(notice.principal == yuan("350.00") && notice.lateFee == yuan("4.50"))
        #expect(notice.total == yuan("354.50") && notice.credit == .zero)
        #expect(notice.stage == "middle" && notice.template == "middle")
        #expect(notice.payBy == day("2026-12-15"))  // 14 days
        #expect(notice.channels == [.mailbox] && notice.number == number)
    }

    @Test func `a bill has no stage, no signature and no last day`() {
        let notice = frozen(.bill, Sample.book([.init(days: -14, amount: "300.00", isNew: true)]))
        #expect(notice.stage == nil && notice.template == "bill" && notice.payBy == nil)
        #expect(!notice.asksForSignature && notice.asOf == Sample.asOf)
    }

    @Test func `a paid charge is no line, and credit lowers the total`() {
        let book = Sample.book([.init(days: 0, amount: "100.00")], paid: "130.00")
        let notice = frozen(.bill, book)
        #expect(notice.lines.isEmpty)
        #expect(notice.credit == yuan("30.00") && notice.total == yuan("-30.00"))
    }

    @Test func `the lines are those of the charges that they name, also beside charges to come`() {
        var book = Sample.book([.init(days: 40, amount: "100.00"), .init(days: 1, amount: "50.00")])
        let later = Charge(
            item: FeeItem(id: ID(9), code: "a"), period: month("2027-01"), amount: yuan("7.00"),
            due: day("2026-11-29"), issuedAsOf: nil)  // stands between them, by due date
        book.issue(later, concessions: [])
        let notice = frozen(.bill, book)
        #expect(notice.lines.map(\.amount) == ["100.00", "50.00"].map(yuan))
        let accrued = notice.lines.map { $0.accrual.map(\.principal) }
        #expect(accrued == [[yuan("100.00")], [yuan("50.00")]])
    }
}
