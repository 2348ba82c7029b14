import Foundation

/// A story told in commands: prose, commands after `$ `, and what each of them prints.
///
/// In a `.txt` transcript the commands stand four columns in, and a blank line within them belongs
/// to an output. In Markdown they stand in fences marked `console`. A command may go on over lines
/// that end in a backslash, and over a here-document that ends in `END`. Messages and results come
/// in one stream, as on a terminal; an exit status other than 0 closes the output as `(exit 2)`.
struct Transcript: Sendable {
    enum Piece: Sendable {
        case prose(String)
        case step(Step)
    }

    struct Step: Sendable {
        /// As written, without the `$ `.
        var command: [String]
        var output: [String]
    }

    let path: String
    private let indent: String
    private(set) var pieces: [Piece] = []

    init(path: String) throws {
        self.path = path
        let isMarkdown = path.hasSuffix(".md")
        indent = isMarkdown ? "" : "    "
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        while lines.last == "" { lines.removeLast() }
        if isMarkdown { readFences(lines) } else { readIndented(lines) }
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var isChinese: Bool { name.hasSuffix(".zh.txt") }

    var steps: [Step] {
        pieces.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    // MARK: - Reading

    private mutating func readFences(_ lines: [String]) {
        var isStory = false
        for line in lines {
            if line.hasPrefix("```") {
                isStory = line == "```console"
                pieces.append(.prose(line))
            } else if isStory {
                addStory(line)
            } else {
                pieces.append(.prose(line))
            }
        }
    }

    private mutating func readIndented(_ lines: [String]) {
        var blanks = 0
        for line in lines {
            if line.isEmpty {
                blanks += 1
                continue
            }
            let isStory = line.hasPrefix(indent)
            let goesOn = isStory && lastIsStep && !line.hasPrefix(indent + "$ ")
            for _ in 0..<blanks {
                if goesOn { addStory("") } else { pieces.append(.prose("")) }
            }
            blanks = 0
            if isStory {
                addStory(String(line.dropFirst(indent.count)))
            } else {
                pieces.append(.prose(line))
            }
        }
    }

    private var lastIsStep: Bool {
        if case .step = pieces.last { true } else { false }
    }

    private mutating func addStory(_ line: String) {
        if case .step(var step) = pieces.last {
            if step.isOpen {
                step.command.append(line)
                pieces[pieces.count - 1] = .step(step)
                return
            }
            if !line.hasPrefix("$ ") {
                step.output.append(line)
                pieces[pieces.count - 1] = .step(step)
                return
            }
        }
        pieces.append(.step(Step(command: [String(line.dropFirst(2))], output: [])))
    }

    // MARK: - Writing

    /// The whole file again, with other outputs.
    func text(outputs: [[String]]) -> String {
        var outputs = outputs[...]
        let lines = pieces.flatMap { piece -> [String] in
            switch piece {
            case .prose(let line): return [line]
            case .step(let step):
                let first = indent + "$ " + step.command[0]
                let story = step.command.dropFirst() + outputs.removeFirst()
                return [first] + story.map { $0.isEmpty ? "" : indent + $0 }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Transcript.Step {
    /// Whether the command goes on in the next line.
    fileprivate var isOpen: Bool {
        if command.last!.hasSuffix("\\") { return true }
        return command.contains { $0.contains("<<END") } && command.last != "END"
    }
}
