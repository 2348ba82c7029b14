import Office
import Primitives
import Synchronization
import TestKit
import Testing
import WebPages

@Suite struct `Long work of the server` {
    private func asking(_ office: TestOffice, _ staff: String, in community: String? = nil)
        -> Effects
    {
        let own = office.effects
        return Effects(
            store: own.store, evidence: own.evidence, templates: own.templates,
            community: community, staff: staff, hostName: own.hostName, now: own.now,
            pause: own.pause, progress: own.progress)
    }

    private func ended(_ jobs: Jobs, _ number: Int, in community: String? = nil) async throws
        -> Jobs.Job
    {
        while true {
            let job = try #require(jobs.job(number, in: community))
            if job.state != .running { return job }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private let title = Bilingual(zh: "出账", en: "run")

    @Test func `goes on by itself, counts, and says at its end what it did`() async throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let jobs = Jobs()
        let number = jobs.start("run", title: title, asking: asking(office, "罗文")) { effects in
            #expect(effects.staff == "罗文")
            let done = try runPeriod(
                period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: effects)
            return Jobs.Outcome(
                summary: Bilingual(zh: "\(done.chargesIssued)", en: ""))
        }
        let job = try await ended(jobs, number)
        #expect(
            job.state
                == .done(Jobs.Outcome(summary: Bilingual(zh: "3", en: ""))))
        #expect(job.progress?.done == 4 && job.progress?.of == 4)
        #expect(job.staff == "罗文" && job.ended != nil)
        // Asked for again it does what is missing: nothing.
        let again = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        #expect(again.chargesIssued == 0)
    }

    @Test func `of one kind is done once at a time in a community, whoever asks, however often`()
        async throws
    {
        let office = try TestOffice()
        let jobs = Jobs()
        let goes = Mutex(false)
        let begun = Mutex(0)
        let work: @Sendable (Effects) throws -> Jobs.Outcome = { _ in
            begun.withLock { $0 += 1 }
            while !goes.withLock({ $0 }) {}
            return Jobs.Outcome(summary: Bilingual(zh: "", en: ""))
        }
        let numbers = Set(
            (0..<50).map { jobs.start("run", title: title, asking: asking(office, "甲\($0)"), work) }
        )
        #expect(numbers.count == 1)
        goes.withLock { $0 = true }
        _ = try await ended(jobs, numbers.first!)
        #expect(begun.withLock { $0 } == 1)
        // Then it may be begun again; the last one is found by its kind.
        let next = jobs.start("run", title: title, asking: asking(office, "乙"), work)
        #expect(next != numbers.first)
        #expect(jobs.latest("run", in: nil)?.number == next)
        _ = try await ended(jobs, next)
    }

    @Test func `that fails says why, in both languages`() async throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let jobs = Jobs()
        let number = jobs.start("run", title: title, asking: asking(office, "罗文")) { effects in
            _ = try runPeriod(
                period("2026-12"), asOf: date("2026-11-05"), dryRun: false, effects: effects)
            return Jobs.Outcome(summary: Bilingual(zh: "", en: ""))
        }
        let expected = OfficeError.periodNotBegun(
            period: period("2026-12"), asOf: date("2026-11-05"))
        #expect(try await ended(jobs, number).state == .failed(expected.message))
    }

    @Test func `of another community, or of another run of the server, is not known`() async throws
    {
        let office = try TestOffice()
        let jobs = Jobs()
        let number = jobs.start("mail", title: title, asking: asking(office, "罗文", in: "FL")) { _ in
            Jobs.Outcome(summary: Bilingual(zh: "", en: ""))
        }
        #expect(jobs.job(number, in: "LY") == nil)
        _ = try await ended(jobs, number, in: "FL")
        office.advance(bySeconds: 5)
        let later = Jobs()
        #expect(later.job(number, in: "FL") == nil)
        let other = later.start("mail", title: title, asking: asking(office, "罗文", in: "FL")) { _ in
            Jobs.Outcome(summary: Bilingual(zh: "", en: ""))
        }
        #expect(other != number)
        _ = try await ended(later, other, in: "FL")
    }
}
