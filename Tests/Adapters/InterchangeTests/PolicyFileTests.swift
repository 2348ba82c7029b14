import Dunning
import FeeLedger
import Interchange
import Primitives
import Testing

/// The sample of SPEC.md, section 9.
private let sample = """
    community: Sunshine Garden          # 阳光花园
    code: SG
    office:                             # who writes, how to pay, whom to call
      name: 阳光花园物业服务中心
      address: 示例市阳光路 1 号
      phone: 5550 0100
      email: office@example.com
      contact: 收费处
      bank: { name: 示例银行阳光支行, account: "0000 0000 0000 1234", holder: 阳光花园物业服务中心 }
    due_day: 15
    allocation: principal_first
    late_fee:
      grace: 0
      grace_mode: forgive
      cap: 1.0
      rates:                            # each holds from its date until the next one's
        - { from: 2019-01-01, daily: 0.001 }
        - { from: 2022-04-01, daily: 0 }
        - { from: 2022-07-01, daily: 0.001 }
    bill_channels: [email, mailbox]
    dunning:
      - { stage: early,  from_day: 1,  min_amount: 0.01,  repeat_after: 30,
          channels: [email, mailbox], template: early }
      - { stage: middle, from_day: 6,  min_amount: 20.00, repeat_after: 14,
          channels: [email, mailbox], template: middle }
      - { stage: late,   from_day: 19, min_amount: 50.00, repeat_after: 14,
          channels: [email, mailbox, phone], template: late }
      - { stage: formal, from_day: 29, min_amount: 100.00, repeat_after: 30,
          channels: [hand, registered, email], template: formal, signature: true }
    limitation: { years: 3, warn_days: 90, accept: [] }
    """

private let least = "community: 枫林苑\ncode: FL\ndue_day: 15\n"

/// `column: message`, in English.
private func refusals(_ text: String, _ language: Language = .en) -> [String] {
    do throws(PolicyProblems) {
        _ = try PolicyFile.read(text)
        return []
    } catch {
        return error.problems.map { "\($0.column ?? ""): \($0.message[language])" }
    }
}

@Suite struct `Policy file` {
    @Test func `the sample reads to exact values`() throws {
        let policy = try PolicyFile.read(sample)
        #expect(policy.name == "Sunshine Garden" && policy.code == "SG" && policy.dueDay == 15)
        var office = OfficeDetails()
        office.name = "阳光花园物业服务中心"
        office.address = "示例市阳光路 1 号"
        office.phone = "5550 0100"
        office.email = "office@example.com"
        office.contact = "收费处"
        office.bankName = "示例银行阳光支行"
        office.bankAccount = "0000 0000 0000 1234"
        office.bankHolder = "阳光花园物业服务中心"
        #expect(policy.office == office)
        #expect(policy.allocation == .principalFirst && !policy.allowsUnusualRates)
        let segments = [("2019-01-01", 1_000), ("2022-04-01", 0), ("2022-07-01", 1_000)].map {
            LateFeePolicy.Segment(from: day($0), rate: DailyRate(parts: $1))
        }
        #expect(
            policy.lateFee
                == LateFeePolicy(
                    segments: segments, grace: 0, graceMode: .forgive, cap: .one))
        #expect(policy.ladder == .customary && policy.limitation == .statutory)
    }

    @Test func `what is not said takes its default`() throws {
        let policy = try PolicyFile.read(least)
        #expect(policy.name == "枫林苑" && policy.office == nil)
        #expect(policy.allocation == .principalFirst && policy.ladder == .customary)
        #expect(policy.limitation == .statutory && !policy.allowsUnusualRates)
        #expect(policy.smallClaims.isEmpty)
        #expect(
            policy.lateFee
                == LateFeePolicy(
                    segments: [], grace: 0, graceMode: .forgive, cap: .one))
    }

    @Test func `what is said is taken`() throws {
        let policy = try PolicyFile.read(
            least + """
                allocation: charge_by_charge
                late_fee:
                  grace: 5
                  grace_mode: retroactive
                  cap: 0.3
                  rates: [{ from: 2026-01-01, daily: 0.000333 }]
                bill_channels: [信箱]
                dunning:
                  - { stage: only, from_day: 10, repeat_after: 0, channels: [hand, 电话] }
                limitation: { years: 2, accept: [email] }
                court: { small_claims: [ { from: 2026-01-01, ceiling: 52000.00 } ] }
                """)
        #expect(policy.allocation == .chargeByCharge)
        #expect(
            policy.lateFee
                == LateFeePolicy(
                    segments: [.init(from: day("2026-01-01"), rate: DailyRate(parts: 333))],
                    grace: 5,
                    graceMode: .retroactive, cap: Ratio(parts: 300_000)))
        #expect(
            policy.ladder
                == DunningLadder(
                    stages: [
                        DunningStage(
                            code: "only", fromDay: 10, minAmount: .zero, repeatAfter: 0,
                            channels: [.hand, .phone], template: "only", asksForSignature: false)
                    ], billChannels: [.mailbox]))
        #expect(policy.limitation == LimitationTerms(years: 2, warnDays: 90, accept: ["email"]))
        #expect(
            policy.smallClaims == [
                SmallClaimsCeiling(from: day("2026-01-01"), amount: Money(fen: 52_000_00))
            ])
    }

    @Test func `letters take the office's pictures, fonts and window`() throws {
        let policy = try PolicyFile.read(
            least + """
                letters:
                  seal: seal.png
                  collection_code: Pay.JPG
                  address: [000000, 示例市枫林路 100 号]
                  window: { left: 20.5, top: 44 }
                  fonts: { prose: AR PL UMing CN }
                """)
        var letters = LetterSettings()
        letters.seal = "seal.png"
        letters.collectionCode = "Pay.JPG"
        letters.address = ["000000", "示例市枫林路 100 号"]
        letters.window.left = Length(parts: 205)
        letters.window.top = Length(parts: 440)
        letters.proseFont = "AR PL UMing CN"
        #expect(policy.letters == letters)
        #expect(policy.letters.pictures == ["seal.png", "Pay.JPG"])
        #expect(try PolicyFile.read(least).letters == LetterSettings())
    }

    // MARK: - Refusals

    private static let rates = least + "late_fee:\n  rates:\n    - { from: 2019-01-01, daily: "

    @Test(arguments: [
        ("0.01", "10‰", "365%"), ("0.003001", "3.001‰", "109.5365%"), ("0.1", "100‰", "3650%"),
    ])
    func `a rate above 3‰ a day is refused, and the yearly rate named`(
        daily: String, perMille: String, perYear: String
    ) throws {
        let text = Self.rates + daily + " }\n"
        #expect(
            refusals(text) == [
                "late_fee.rates[1].daily: \(perMille) a day is \(perYear) a year, above the usual "
                    + "limit of 3‰ a day. 1‰ is written 0.001; if the contract really says so, set "
                    + "allow_unusual_rate: true in policy.yaml."
            ])
        #expect(
            refusals(text, .zh) == [
                "late_fee.rates[1].daily: 日率 \(perMille)，一年就是 \(perYear)，高于通常的 3‰。多半是把 "
                    + "1‰（0.001）写错了；确实如此约定的，请在 policy.yaml 里写 allow_unusual_rate: true。"
            ])
        let allowed = try PolicyFile.read(text + "allow_unusual_rate: true\n")
        #expect(allowed.allowsUnusualRates)
        #expect(try allowed.lateFee.segments[0].rate == DailyRate(parsing: daily))
        #expect(refusals(text + "  allow_unusual_rate: true\n") == [])
        #expect(refusals(text + "allow_unusual_rate: false\n").count == 1)
    }

    @Test func `a rate of 3‰ a day is the highest usual one`() {
        #expect(refusals(Self.rates + "0.003 }\n") == [])
    }

    private static let order =
        "late_fee.rates: rates stand in order of their dates, each date once: "

    private static let wrong: [(String, [String])] = [
        (
            "",
            [
                "community: is missing. Add it.", "code: is missing. Add it.",
                "due_day: is missing. Add it.",
            ]
        ),
        (
            "due_days: 3",
            [
                "due_days: is no setting here. Those known: community, code, office, "
                    + "due_day, allocation, late_fee, bill_channels, dunning, limitation, "
                    + "letters, mail, allow_unusual_rate, court, casework."
            ]
        ),
        (
            "late_fee: { rates: [], gracee: 1 }",
            [
                "late_fee: is no setting here. Those known: grace, grace_mode, cap, rates, "
                    + "allow_unusual_rate."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2026-01-01, daily: 0.001, to: 2027-01-01 }] }",
            [
                "late_fee.rates[1]: is no setting here. Those known: from, daily."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01, daily: 0 }, { from: 2021-01-01, daily: 0 }] }",
            [
                order + "2021-01-01."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01, daily: 0 }, { from: 2022-01-01, daily: 0 }] }",
            [
                order + "2022-01-01."
            ]
        ),
        ("late_fee: { grace: 0 }", ["late_fee.rates: is missing. Add it."]),
        ("late_fee: { rates: 0.001 }", ["late_fee.rates: must be a list."]),
        (
            "late_fee: { rates: [{ from: 2022-02-30, daily: 0 }] }",
            [
                "late_fee.rates[1].from: is not a date. Write it like 2026-11-21."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01 }] }",
            [
                "late_fee.rates[1].daily: is missing. Add it."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01, daily: 1e-3 }] }",
            [
                "late_fee.rates[1].daily: is not a number. Write it like 1234.56, without thousands "
                    + "separators, currency signs or formulas."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01, daily: 0.0000001 }] }",
            [
                "late_fee.rates[1].daily: has too many decimals; at most 6 are allowed."
            ]
        ),
        (
            "late_fee: { rates: [{ from: 2022-01-01, daily: -0.001 }] }",
            [
                "late_fee.rates[1].daily: must not be below 0."
            ]
        ),
        (
            "late_fee: { rates: [], grace: -1 }",
            [
                "late_fee.grace: must be a whole number of 0–3650."
            ]
        ),
        (
            "late_fee: { rates: [], grace_mode: kind }",
            [
                "late_fee.grace_mode: must be one of: forgive, retroactive."
            ]
        ),
        ("late_fee: { rates: [], cap: -1 }", ["late_fee.cap: must not be below 0."]),
        (
            "late_fee: 0.001",
            [
                "late_fee: must be keys with values.", "late_fee.rates: is missing. Add it.",
            ]
        ),
        (
            "allocation: newest_first",
            [
                "allocation: must be one of: principal_first, late_fee_first, charge_by_charge."
            ]
        ),
        ("allow_unusual_rate: perhaps", ["allow_unusual_rate: must be true or false."]),
        (
            "bill_channels: [email, pigeon]",
            [
                "bill_channels[2]: must be one of: email 邮件, mailbox 信箱, hand 当面, registered 挂号信, "
                    + "phone 电话, fax 传真."
            ]
        ),
        ("dunning: []", ["dunning: there is at least one stage, each name once."]),
        (
            "dunning: [{ stage: a, from_day: 1, repeat_after: 1, channels: [] }, "
                + "{ stage: a, from_day: 2, repeat_after: 1, channels: [] }]",
            [
                "dunning: there is at least one stage, each name once."
            ]
        ),
        (
            "dunning: [{ stage: a }]",
            [
                "dunning[1].from_day: is missing. Add it.",
                "dunning[1].repeat_after: is missing. Add it.",
                "dunning[1].channels: is missing. Add it.",
            ]
        ),
        (
            "dunning: [{ stage: a, from_day: 0, repeat_after: x, channels: [] }]",
            [
                "dunning[1].from_day: must be a whole number of 1–3650.",
                "dunning[1].repeat_after: must be a whole number of 0–3650.",
            ]
        ),
        (
            "limitation: { accept: [D, mailbox, d, posted, [sms], '', page] }",
            [3, 4, 5, 6].map {
                "limitation.accept[\($0)]: must be a way of service whose grade can be D, or D: email, "
                    + "sms, fax, mailbox, left_witnessed, page, D."
            }
        ),
        ("limitation: { accept: email }", ["limitation.accept: must be a list."]),
        ("limitation: { years: 0 }", ["limitation.years: must be a whole number of 1–30."]),
        (
            "letters: { seal: ../seal.png, collection_code: pay.svg }",
            [
                "letters.seal: must be the name of a picture (.png or .jpg) that stands beside "
                    + "policy.yaml.",
                "letters.collection_code: must be the name of a picture (.png or .jpg) that stands "
                    + "beside policy.yaml.",
            ]
        ),
        (
            "letters: { window: { left: 30, width: 88 } }",
            [
                "letters.window: is in millimetres: left at least 15, top 40, width 50, height 15; left "
                    + "and width together at most 110, top and height 95. Try it with dunwell letters "
                    + "--test-sheet."
            ]
        ),
        (
            "letters: { font: x, fonts: { song: x } }",
            [
                "letters: is no setting here. Those known: seal, collection_code, address, window, "
                    + "fonts.",
                "letters.fonts: is no setting here. Those known: prose, figures.",
            ]
        ),
        ("office: { address: x }", ["office.name: is missing. Add it."]),
        (
            "office: { name: x, bank: { name: y } }",
            [
                "office.bank.account: is missing. Add it.",
                "office.bank.holder: is missing. Add it.",
            ]
        ),
        (
            "office: { name: [x] }",
            [
                "office.name: must be text.", "office.name: is missing. Add it.",
            ]
        ),
    ]

    @Test(arguments: wrong)
    func `what cannot be taken is refused by its path`(text: String, expected: [String]) {
        // The first row stands alone: there everything is missing.
        #expect(refusals(text.isEmpty ? "{}" : least + text + "\n") == expected)
    }

    @Test(arguments: ["31", "1"]) func `any day of the month may be the due day`(text: String) {
        #expect(refusals("community: x\ncode: X\ndue_day: \(text)\n") == [])
    }

    @Test(arguments: ["0", "32", "15.5", "last", "-1"])
    func `a due day is a day of the month`(text: String) {
        #expect(
            refusals("community: x\ncode: X\ndue_day: \(text)\n") == [
                "due_day: must be a whole number of 1–31."
            ])
    }

    @Test(arguments: ["枫林", "A-B", "A B", "ABCDEFGHIJKLM"])
    func `a community code is plain, for it stands in notice numbers`(code: String) {
        #expect(
            refusals("community: x\ncode: \(code)\ndue_day: 1\n") == [
                "code: a community code has 1 to 12 letters and digits."
            ])
    }

    @Test(arguments: ["", "- a\n- b\n", "text", "a: [1", "a: b: c", "code: A\ncode: B\n"])
    func `what is no YAML, or no mapping, is told so`(text: String) {
        let found = refusals(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(": is not YAML. Compare indentation and quotes") == true)
    }

    @Test func `a problem names its row and its value`() throws {
        do throws(PolicyProblems) {
            _ = try PolicyFile.read(Self.rates + "1% }\n")
            Issue.record("1% was taken")
        } catch {
            #expect(error.problems.map(\.row) == [6] && error.problems.map(\.value) == ["1%"])
            #expect(error.problems.map(\.file) == ["policy.yaml"])
        }
    }
}
