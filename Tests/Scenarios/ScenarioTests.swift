import Foundation
import Testing

/// Runs every transcript, and the README's month. `UPDATE_TRANSCRIPTS=1` writes what the program
/// prints today into the files: then read the diff as you would read code.
@Suite(.serialized) struct `Scenarios` {
    @Test(arguments: try transcripts())
    func `a story goes as it is told`(_ name: String) throws {
        try play(Transcript(path: folder + "/" + name))
    }

    @Test func `the README's month has ten commands, and goes as it is told`() throws {
        let month = try Transcript(path: repository + "/README.md")
        let commands = month.steps.filter { $0.command[0].hasPrefix("dunwell ") }
        #expect(commands.count == 10)
        try play(month)
    }
}

private let folder = repository + "/Tests/Scenarios/Transcripts"

private func transcripts() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".txt") }
        .sorted()
}

private func play(_ transcript: Transcript) throws {
    let shell = try Shell(isChinese: transcript.isChinese)
    let updates = ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1"
    var outputs: [[String]] = []
    #expect(!transcript.steps.isEmpty, "\(transcript.name) holds no command")
    for step in transcript.steps {
        let command = step.command.joined(separator: "\n")
        let output = try shell.output(of: command)
        outputs.append(output)
        if !updates {
            #expect(output == step.output, "\(transcript.name): $ \(command)\n\(shown(output))")
        }
    }
    if updates {
        try transcript.text(outputs: outputs).write(
            toFile: transcript.path, atomically: true, encoding: .utf8)
    }
}

private func shown(_ output: [String]) -> String {
    output.map { "    " + $0 }.joined(separator: "\n")
}
