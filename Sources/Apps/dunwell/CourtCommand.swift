import ArgumentParser

struct CourtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "court", abstract: "The way to court. 诉讼。",
        subcommands: [CourtPropose.self])
}
