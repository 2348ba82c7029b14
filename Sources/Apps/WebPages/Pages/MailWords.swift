import Office
import Primitives
import SQLiteStore

extension DeliveryState {
    /// Shape and colour of its mark.
    var mark: String {
        switch self {
        case .accepted: "pine"
        case .inDoubt, .deferred: "ochre"
        case .rejected: "red"
        case .queued: "open"
        case .cancelled: "hold"
        }
    }

    /// What a 250 says, and no more: that the server took it over.
    var words: Bilingual {
        switch self {
        case .queued: Bilingual(zh: "排队", en: "queued")
        case .accepted: Bilingual(zh: "对方服务器已接收", en: "taken by their server")
        case .deferred: Bilingual(zh: "等重试", en: "to be tried again")
        case .rejected: Bilingual(zh: "被拒", en: "refused")
        case .inDoubt: Bilingual(zh: "存疑", en: "in doubt")
        case .cancelled: Bilingual(zh: "已取消", en: "cancelled")
        }
    }

    var heading: Bilingual {
        switch self {
        case .inDoubt: Bilingual(zh: "存疑：要有人决定", en: "In doubt: somebody has to decide")
        case .deferred: Bilingual(zh: "等重试", en: "To be tried again")
        case .rejected: Bilingual(zh: "被拒：已改发信件", en: "Refused: a letter goes instead")
        case .queued, .accepted, .cancelled: words
        }
    }

    var about: Bilingual {
        switch self {
        case .inDoubt:
            Bilingual(
                zh: "发到最后一步时断了，不知道对方收没收到；问过业主再定",
                en:
                    "The line broke at the last step: nobody knows whether it arrived. Ask the owner"
            )
        case .deferred:
            Bilingual(
                zh: "对方服务器说暂时不行，会自己再发", en: "Their server said not now; it is tried again by itself"
            )
        case .rejected:
            Bilingual(
                zh: "对方服务器不收，请核对邮箱", en: "Their server refused it: check the address")
        case .queued: Bilingual(zh: "还没有发", en: "Not sent yet")
        case .accepted:
            Bilingual(
                zh: "对方服务器接收了，不等于业主看到了",
                en: "Their server took it; whether it was read nobody knows")
        case .cancelled: Bilingual(zh: "有人决定不发", en: "Somebody decided that it is not sent")
        }
    }

    var retry: Bilingual {
        self == .inDoubt
            ? Bilingual(zh: "存疑的提醒都再发一次", en: "Send all reminders in doubt once more")
            : Bilingual(zh: "不等了，都现在再试", en: "Try all of them with the next sending")
    }
}

extension MailDecision {
    var words: Bilingual {
        switch self {
        case .accepted: Bilingual(zh: "业主收到了", en: "It arrived")
        case .resend: Bilingual(zh: "再发一次", en: "Send it once more")
        case .cancel: Bilingual(zh: "不发了", en: "Do not send it")
        }
    }
}

extension BounceTask {
    var mark: String { self == .ask ? "ochre" : "open" }

    var words: Bilingual {
        switch self {
        case .ask: Bilingual(zh: "请向业主问新的邮箱", en: "ask the owner for another address")
        case .look: Bilingual(zh: "认不出是谁的，请看一下", en: "whose it is could not be told: look")
        }
    }
}
