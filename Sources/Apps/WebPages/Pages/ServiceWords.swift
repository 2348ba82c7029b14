import Evidence
import Office
import Primitives

extension ServiceWay {
    var wording: Bilingual {
        switch self {
        case .signedOwner: Bilingual(zh: "业主签收", en: "signed by the owner")
        case .signedHousehold: Bilingual(zh: "同住成年家属签收", en: "signed by an adult of the household")
        case .signedAgent: Bilingual(zh: "受托人签收", en: "signed by an agent")
        case .notarised: Bilingual(zh: "公证送达", en: "served by a notary")
        case .registered: Bilingual(zh: "挂号信", en: "registered mail")
        case .email: Bilingual(zh: "邮件", en: "email")
        case .sms: Bilingual(zh: "短信", en: "text message")
        case .fax: Bilingual(zh: "传真", en: "fax")
        case .mailbox: Bilingual(zh: "投信箱", en: "mailbox")
        case .leftWitnessed: Bilingual(zh: "两人见证留置", en: "left before two witnesses")
        case .posted: Bilingual(zh: "门上张贴", en: "posted on the door")
        case .phone: Bilingual(zh: "电话告知", en: "told by phone")
        case .visit: Bilingual(zh: "上门告知", en: "told in person")
        case .page: Bilingual(zh: "业主网页", en: "the owner's page")
        }
    }

    /// What makes it count, in one line.
    var asks: Bilingual {
        switch self {
        case .signedOwner, .signedHousehold, .signedAgent:
            Bilingual(
                zh: "回执拍照或扫描存档；勾了“确认欠款”为 A 级，只签收为 B 级",
                en: "keep the stub; grade A where the debt is acknowledged, else B")
        case .notarised: Bilingual(zh: "公证书存档为 C 级", en: "with the notary's deed: grade C")
        case .registered:
            Bilingual(zh: "存根、内件、轨迹三样齐了为 C 级", en: "with stub, content and track: grade C")
        case .email:
            Bilingual(
                zh: "业主约定过邮箱，且有服务器答复，为 D 级",
                en: "to an agreed address, with the server's reply: grade D")
        case .sms, .fax:
            Bilingual(
                zh: "业主约定过号码，且有发送报告，为 D 级", en: "to an agreed number, with the report: grade D")
        case .mailbox:
            Bilingual(zh: "合同约定了信箱，且有照片，为 D 级", en: "to an agreed mailbox, with a photo: grade D")
        case .leftWitnessed: Bilingual(zh: "两位经手人，且有照片，为 D 级", en: "two names and a photo: grade D")
        case .posted, .phone, .visit: Bilingual(zh: "只作记录，为 E 级", en: "a record only: grade E")
        case .page: Bilingual(zh: "由程序登记", en: "recorded by the program")
        }
    }
}

extension ProofKind {
    func wording(_ language: Language) -> String { language == .zh ? chinese : rawValue }
}

extension SignerRelation {
    var wording: Bilingual {
        Bilingual(zh: chinese, en: rawValue.map { $0 == "_" ? " " : String($0) }.joined())
    }
}

extension ProofGrade {
    var cssClass: String { rawValue.lowercased() }
}

extension GapKind {
    var wording: Bilingual {
        switch self {
        case .unsigned: Bilingual(zh: "要求签收的催缴，没有回执", en: "Signature asked for, no stub came back")
        case .unserved: Bilingual(zh: "信已打印，没有送达记录", en: "Letter printed, nothing recorded")
        case .message: Bilingual(zh: "邮件、短信没有约定或没有回执", en: "Mail or text not agreed to, or refused")
        case .mailbox: Bilingual(zh: "投信箱没有照片或没有约定", en: "Mailbox without photo or agreement")
        case .papers: Bilingual(zh: "挂号信、公证缺凭据", en: "Registered or notarised, papers missing")
        case .words: Bilingual(zh: "只有张贴、电话、上门记录", en: "Posted, phoned or visited only")
        case .unaccepted:
            Bilingual(zh: "D 级，按现行设置不中断时效", en: "Grade D, not accepted by the settings")
        }
    }

    /// What follows where nothing is near its last day: mark and words.
    var consequence: (mark: String, words: Bilingual) {
        switch self {
        case .unsigned, .unserved, .message:
            ("ochre", Bilingual(zh: "等于没有送达", en: "counts as not served"))
        case .mailbox, .words: ("ochre", Bilingual(zh: "只算口头说明", en: "counts as words alone"))
        case .papers: ("open", Bilingual(zh: "补齐即为 C 级", en: "grade C once complete"))
        case .unaccepted: ("open", Bilingual(zh: "再签收或寄挂号信", en: "have it signed, or register it"))
        }
    }

    var next: Bilingual {
        switch self {
        case .unsigned, .unserved, .unaccepted:
            Bilingual(zh: "打印上门清单", en: "Print the visiting list")
        case .mailbox: Bilingual(zh: "补传照片", en: "Add the photo")
        case .papers: Bilingual(zh: "补齐凭据", en: "Add the papers")
        case .message, .words: Bilingual(zh: "登记送达", en: "Record a service")
        }
    }

    var isForVisit: Bool { [.unsigned, .unserved, .unaccepted].contains(self) }
}
