import ArgumentParser
@preconcurrency import Glibc

/// The command line: arguments in, results to standard output, messages to standard error.
@main
struct Dunwell: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunwell",
        abstract: "Fee collection for residential property offices. 物业收费。",
        discussion: """
            A month: import the office's tables, run the period, see who owes what, print the letters.

              dunwell import maple-court
              dunwell run 2026-11 --as-of 2026-11-21
              dunwell arrears --as-of 2026-11-21
              dunwell letters --out letters.pdf

            The database is --db FILE, else $DUNWELL_DB, else dunwell.sqlite in the current folder.
            Messages are in Chinese where $LANG says zh, else in English; $DUNWELL_LANGUAGE (zh, en) decides.
            Exit status: 0 done; 1 refused by a rule, or done in part; 2 wrong usage or bad input.
            """,
        version: "0.1.0",
        subcommands: [
            Import.self, Run.self, Arrears.self, Accounts.self, Explain.self, Notices.self,
            Letters.self, Mail.self, TemplateCommand.self, UnitCommand.self, OwnerCommand.self,
            OwnershipCommand.self,
            FeeCommand.self, ChargeCommand.self, PaymentCommand.self, History.self, Export.self,
            Limitation.self,
            Sample.self,
            UserCommand.self,
            Report.self, Today.self, Daily.self,
            PromiseCommand.self, ContactCommand.self, ComplaintCommand.self, HoldCommand.self,
            CaseCommand.self,
            RiskCommand.self,
            ServiceCommand.self,
            WaiverCommand.self, ConcessionCommand.self, ReversalCommand.self, WriteOffCommand.self,
            WaiverBook.self,
            PlanCommand.self, CourtCommand.self,
            Approve.self, ProposalCommand.self,
            EvidenceCommand.self,
            Serve.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
            guard fflush(stdout) == 0 else { throw OutputLost() }
        } catch {
            finish(with: error)
        }
    }
}
