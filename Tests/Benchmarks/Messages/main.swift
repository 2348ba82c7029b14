import Foundation
import Letters
import Mail
import Primitives

// How many messages a second: wording, MIME, both; and letters for the mails that carry one.
// Run by `messages.py`, which names the folder of templates and one to leave the texts in.

let arguments = CommandLine.arguments
guard arguments.count == 4, let seconds = Double(arguments[3]) else {
    print("usage: MessageBenchmark TEMPLATES OUT SECONDS")
    exit(2)
}
let stages = ["early", "middle", "late", "formal"]
let names = try FileManager.default.contentsOfDirectory(atPath: arguments[1])
let files = Dictionary(
    uniqueKeysWithValues: try names.map {
        ($0, try String(contentsOfFile: arguments[1] + "/" + $0, encoding: .utf8))
    })
let templates = try NoticeTemplates(files: files, stages: stages)
let notices = (["bill"] + stages).flatMap { stage in
    Language.allCases.map {
        NoticeFacts.sample(template: stage, language: $0, asksForSignature: false)
    }
}
let messages = try notices.map { try templates.message($0) }

func mail(_ message: Message, _ facts: NoticeFacts) -> MailMessage {
    MailMessage(
        from: .init(name: facts.office.name, address: "office@example.com"),
        to: .init(name: facts.owners.joined(separator: " "), address: "a01@example.com"),
        messageID: "\(facts.number).1@example.com", inReplyTo: nil,
        date: Instant(millisecondsSince1970: 1_795_248_000_000), subject: message.subject,
        text: message.text, html: message.html)
}

/// Rounds over all notices for so many seconds.
func measure(_ name: String, _ work: (Int) throws -> Int) throws {
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    var bytes = 0
    while clock.now - start < .seconds(seconds) {
        for index in notices.indices { bytes += try work(index) }
        count += notices.count
    }
    let spent = (clock.now - start) / .seconds(1)
    print("\(name) \(Double(count) / spent) \(bytes / count)")
}

for (index, message) in messages.enumerated() {
    let texts = [
        "subject": message.subject, "text": message.text, "html": message.html,
        "from": notices[index].office.name,
        "to": notices[index].owners.joined(separator: " "),
    ]
    try JSONEncoder().encode(texts).write(
        to: URL(fileURLWithPath: arguments[2] + "/\(index).json"))
}
try measure("wording") { try templates.message(notices[$0]).text.utf8.count }
try measure("mime") { try mail(messages[$0], notices[$0]).encoded().count }
try measure("both") { index in
    try mail(templates.message(notices[index]), notices[index]).encoded().count
}
try measure("letter") { index in
    try templates.letter(notices[index]).pdf(title: "x", created: "2026-12-01T08:00:00Z").count
}
