import FoundationEssentials
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `Bad input` {
    /// Each row once as a first import and once into filled books.
    @Test(arguments: BadInput.tables + BadInput.registers + BadInput.facts + BadInput.policies)
    func `is told exactly, and nothing of it is written`(_ bad: BadInput) throws {
        for start in bad.starts {
            let office = try CopiedOffice(of: start)
            let folder = try office.write(bad)
            let before = FileManager.default.contents(atPath: office.database)
            let report = try importCommunity(from: folder, dryRun: false, effects: office.effects)
            #expect(report.problems == bad.problems)
            if bad.problems.isEmpty { return }
            #expect(FileManager.default.contents(atPath: office.database) == before)
        }
    }

    @Test func `is told in lines that name file, row, column, value and remedy`() throws {
        let office = try CopiedOffice(of: .new)
        let bad = BadInput.registers.first { $0.kind == "a negative area" }!
        let report = try importCommunity(
            from: office.write(bad), dryRun: false, effects: office.effects)
        #expect(
            report.problems.map { $0.text(in: .en) } == [
                "units.csv, row 3, area “-89.52”: is too small; the least is 0.00."
            ])
        #expect(
            report.problems.map { $0.text(in: .zh) } == [
                "units.csv 第 3 行，面积「-89.52」：太小，至少要是 0.00。"
            ])
    }

    @Test func `is told in one short line, whatever stands in the header`() throws {
        let office = try CopiedOffice(of: .filled)
        let name = "\"pay\u{1B}[2J\n\(String(repeating: "er", count: 50_000))\""
        let report = try office.take { try $0.replace("payer", with: name, in: "payments.csv") }
        let line = try #require(report.problems.first).text(in: .en)
        #expect(line.hasPrefix("payments.csv, row 1, pay"))
        #expect(line.count < 500 && !line.contains("\n") && !line.contains("\u{1B}"))
    }

    @Test(arguments: ["units.csv", "owners.csv", "ownerships.csv", "policy.yaml"])
    func `a first import without a required file names it`(file: String) throws {
        let office = try CopiedOffice(of: .new)
        let before = FileManager.default.contents(atPath: office.database)
        let report = try office.take { try $0.remove(file) }
        #expect(report.problems.first == Said.missingFile(file))
        #expect(report.problems.filter { $0.row == nil } == [Said.missingFile(file)])
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    @Test(arguments: ["nowhere", "units.csv"])
    func `a folder that is none is told so`(name: String) throws {
        for start in CopiedOffice.Start.allCases {
            let office = try CopiedOffice(of: start)
            try Data("unit\n".utf8).write(to: URL(fileURLWithPath: office.folder + "/units.csv"))
            let before = FileManager.default.contents(atPath: office.database)
            let path = office.folder + "/" + name
            let report = try importCommunity(from: path, dryRun: false, effects: office.effects)
            #expect(
                report.problems == [
                    ImportProblem(
                        file: path,
                        Bilingual(
                            zh: "不是文件夹。请给出存放 units.csv、owners.csv 等文件的文件夹。",
                            en: "is not a folder. Name the folder that holds units.csv, "
                                + "owners.csv and so on."))
                ])
            #expect(FileManager.default.contents(atPath: office.database) == before)
        }
    }

    // MARK: - Files that cannot be read

    @Test(.disabled(if: isRoot, "root reads every file"), arguments: TableFormat.all.map(\.file))
    func `a file without read permission is told so`(file: String) throws {
        let office = try CopiedOffice(of: .filled)
        let report = try office.take { try $0.forbidReading(file) }
        #expect(report.problems == [Said.unreadable(file)])
        #expect(report.problems.map(\.file) == [file])
    }

    @Test(arguments: TableFormat.all.map(\.file))
    func `a folder of a table's name is told so`(file: String) throws {
        let office = try CopiedOffice(of: .filled)
        let before = FileManager.default.contents(atPath: office.database)
        let report = try office.take { try $0.makeFolder(file) }
        #expect(report.problems.map(\.file) == [file])
        #expect(report.problems == [Said.unreadable(file)])
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    @Test(arguments: TableFormat.all.map(\.file))
    func `a symbolic link to itself is told so, not passed over`(file: String) throws {
        let office = try CopiedOffice(of: .filled)
        let report = try office.take { try $0.link(file, to: file) }
        #expect(report.problems == [Said.unreadable(file)])
    }

    @Test func `a policy that cannot be read is told so, not passed over`() throws {
        for (spoil, why) in [
            ({ try $0.makeFolder("policy.yaml") }, "a folder"),
            ({ try $0.link("policy.yaml", to: "policy.yaml") }, "a link to itself"),
        ] as [((ImportFolder) throws -> Void, Comment)] {
            let office = try CopiedOffice(of: .filled)
            let report = try office.take(spoil)
            #expect(report.problems == [Said.unreadable("policy.yaml")], why)
        }
    }

    @Test(arguments: ["payment.csv", "Payments.csv", "payments.xlsb", "payments.csv.csv"])
    func `a file that no import reads is remarked on`(file: String) throws {
        let office = try CopiedOffice(of: .filled)
        let report = try office.take { try $0.write("reference,date\n", to: file) }
        #expect(report.problems.isEmpty)
        #expect(report.remarks.contains { $0.en.contains(file) && $0.zh.contains(file) })
    }

    @Test(arguments: [
        ("a key twice", "code: FL", "code: FL\ncode: LX", 2),
        ("a tab", "  rates:", "\trates:", 13),
        ("a bracket left open", "daily: 0.001 }", "daily: 0.001", 15),
        ("a colon too many", "due_day: 15", "due_day: 15: 16", 10),
        ("an alias of nothing", "due_day: 15", "due_day: *none", 10),
        ("a second policy", "due_day: 15", "---\ndue_day: 15", 10),
    ])
    func `a policy that is not YAML is told by its row, in one line`(
        kind: String, old: String, new: String, row: Int
    ) throws {
        let office = try CopiedOffice(of: .filled)
        let before = FileManager.default.contents(atPath: office.database)
        let report = try office.take { try $0.replace(old, with: new, in: "policy.yaml") }
        let told = try #require(report.problems.first)
        #expect(report.problems.count == 1 && told.file == "policy.yaml")
        #expect(told.message.en.hasPrefix("is not YAML. Compare indentation and quotes with"))
        #expect(told.message.zh.hasPrefix("不是 YAML。请对照说明里的样例检查缩进和引号。"))
        #expect(told.row == row)
        #expect(!told.message.en.contains("\n") && !told.message.zh.contains("\n"))
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    // MARK: - Many errors

    @Test func `of 2,000 errors 1,000 are listed and the others counted`() throws {
        let office = try CopiedOffice(of: .filled)
        let before = FileManager.default.contents(atPath: office.database)
        let lines = (1...2_000).map { "X\($0),2026-11-01,1-201,,-1,bank,,\n" }
        let report = try office.take { try $0.append(lines.joined(), to: "payments.csv") }
        #expect(report.problems.count == 1_000 && report.furtherProblems == 1_000)
        #expect(report.problems.map(\.row) == (5...1_004).map { $0 })
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    @Test func `a wrong policy in a later import does not hide what is known`() throws {
        let office = try CopiedOffice(of: .filled)
        let report = try office.take { folder in
            for file in TableFormat.all.map(\.file) where file != "payments.csv" {
                try? folder.remove(file)
            }
            try folder.write(
                MapleCourt.policy.replacing("due_day: 15", with: "due_day: 32"), to: "policy.yaml")
        }
        #expect(report.problems.first?.column == "due_day")
        #expect(report.problems.count == 1)
    }

    @Test func `a wrong header is one problem, not one for each row that relies on it`() throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take {
            try $0.replace("building", with: "bilding", in: "units.csv")
        }
        #expect(report.problems.first?.column == "bilding")
        #expect(report.problems.count == 1)
    }

    @Test func `a wrong ownership is one problem, not one for each fact relying on it`() throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take {
            try $0.replace("2026-06-30", with: "2026-02-30", in: "ownerships.csv")
        }
        #expect(report.problems.first == Said.noDate("ownerships.csv", 3, "to", "2026-02-30"))
        #expect(report.problems.count == 1)
    }

    @Test func `a row is refused by its code, in whatever column that stands`() throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take {
            try $0.write(
                """
                building,unit,kind,area
                1,1-101,palace,100
                1,1-102,residence,89.52
                1,1-201,residence,100
                P,P-001,parking,12

                """, to: "units.csv")
        }
        #expect(report.problems.first?.value == "palace")
        #expect(report.problems.count == 1)
    }

    @Test func `an unknown unit is told in each row, also after one that is wrong itself`() throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take {
            try $0.append(
                "9-999,wy,2026-13,1.00,2026-01-01\n9-999,wy,2026-10,1.00,2026-01-01\n",
                to: "charges.csv")
        }
        #expect(
            report.problems == [
                Said.noPeriod("charges.csv", 8, "period", "2026-13"),
                Said.unknownUnit("charges.csv", 8, "9-999"),
                Said.unknownUnit("charges.csv", 9, "9-999"),
            ])
    }

    @Test func `overlapping fees are told in the order of the file`() throws {
        let office = try CopiedOffice(of: .new)
        let items = (1...9).map { "i\($0)" }
        let lines = items.map {
            "\($0),n,fixed,1,1,shop,2019-01-01,\n\($0),n,fixed,1,1,shop,2020-01-01,\n"
        }
        let report = try office.take { try $0.append(lines.joined(), to: "fees.csv") }
        #expect(report.problems.count == 9)
        #expect(report.problems.map(\.row) == (0...8).map { 5 + $0 * 2 })
    }

    // MARK: - What is taken, though it should not be

    @Test func `codes of other bytes are other owners, also where they look the same`() throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take {
            try $0.append("\u{E9},谷,,,,,zh\ne\u{301},顾,,,,,zh\n", to: "owners.csv")
            try $0.append(
                "P-001,\u{E9},2018-01-01,2018-12-31,\nP-001,e\u{301},2019-01-01,2019-12-31,\n",
                to: "ownerships.csv")
        }
        #expect(report.problems.isEmpty)
        var owners: [[UInt8]] = []
        try forEachAccountTotals(asOf: date("2026-11-21"), effects: office.effects) {
            if $0.unit == "P-001" { owners.append(Array($0.owners.utf8)) }
        }
        #expect(owners.count == 3)
        #expect(Set(owners).count == 3)
    }

    @Test func `a co-owner who comes later needs the same last day`() throws {
        let office = try CopiedOffice(of: .filled)
        let report = try office.take {
            try $0.write(
                "unit,owner,from,to\n1-101,A02,2020-01-01,2026-10-31\n", to: "ownerships.csv")
        }
        #expect(report.problems.map(\.row) == [2])
    }

    // MARK: - What is fine

    @Test(arguments: TableFormat.all.filter { $0.file != "units.csv" }.map(\.file))
    func `a file of a header only is fine in a later import`(file: String) throws {
        let office = try CopiedOffice(of: .filled)
        let format = TableFormat.all.first { $0.file == file }!
        let report = try office.take {
            try $0.write(format.columns.map(\.english).joined(separator: ","), to: file)
        }
        #expect(report.problems.isEmpty)
        #expect(report.files.first { $0.file == file }?.rows == 0)
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@x"])
    func `a name that looks like a formula is text, and is exported with its mark`(
        name: String
    ) throws {
        let office = try CopiedOffice(of: .new)
        let report = try office.take { try $0.replace("白乙", with: name, in: "owners.csv") }
        #expect(report.problems.isEmpty)
        let out = office.folder + "/out"
        _ = try exportCommunity(to: out, effects: office.effects)
        let owners = try String(contentsOfFile: out + "/owners.csv", encoding: .utf8)
        #expect(owners.contains("A02,'\(name),"))
    }
}

private let isRoot = FileManager.default.isReadableFile(atPath: "/etc/shadow")
