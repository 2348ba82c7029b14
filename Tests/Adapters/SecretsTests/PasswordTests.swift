import Primitives
import Secrets
import Testing

@Suite struct `A password` {
    private let cheap = PasswordCost(logarithm: 4)

    @Test func `is known again by its hash alone, which never is the same twice`() throws {
        let one = PasswordHash(of: "correct horse", cost: cheap)
        let other = PasswordHash(of: "correct horse", cost: cheap)
        #expect(one.description != other.description)
        for hash in [one, try #require(PasswordHash(other.description))] {
            #expect(hash.isOf("correct horse"))
            for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
                #expect(!hash.isOf(wrong))
            }
        }
    }

    /// Made by Python's `hashlib.scrypt(b"correct horse", salt=bytes(range(16)), n=16384, …)`.
    @Test func `is hashed as scrypt hashes it elsewhere`() throws {
        let text =
            "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$JbN2hANm9NOw4h5BRHZnbjzQ6Jr0QwNWojTOC2WgIbU"
        let hash = try #require(PasswordHash(text))
        #expect(hash.isOf("correct horse"))
        #expect(hash.description == text)
    }

    @Test func `costs what QUALITY.md asks`() {
        let hash = PasswordHash(of: "correct horse battery")
        #expect(hash.description.hasPrefix("$scrypt$ln=17,r=8,p=1$"))
        #expect(hash.isOf("correct horse battery"))
        #expect(PasswordHash.ofNone.description.hasPrefix("$scrypt$ln=17,r=8,p=1$"))
    }

    @Test(arguments: [
        "", "x", "$scrypt$ln=17,r=8,p=1$AAECAwQFBgcICQoLDA0ODw", "$argon2id$v=19$x$y$z",
        "$scrypt$ln=30,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8",
        "$scrypt$ln=0,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8",
        "$scrypt$ln=4,r=8,p=1$AAE*AwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8",
        "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAEC",
    ])
    func `has no hash in another form, or one that asks too much`(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test func `has 12 to 128 characters, whichever they are`() throws {
        for password in [
            "小区的猫喜欢下雨天晒太阳", "correct horse battery staple", "ŝerco kaj vero 9",
            "🐈🐕🐎🐖🐑🐐🐪🐘🦏🦒🦓🦌",
            String(repeating: "小区的猫喜欢下雨天晒太阳啊哦", count: 1)
                + String((0..<100).map { Character(Unicode.Scalar(0x4E00 + $0 * 7)!) }),
        ] {
            try requireStrength(of: password, user: "Li Na")
        }
        #expect(throws: PasswordProblem.tooShort(count: 11)) {
            try requireStrength(of: "kV9#wq2LmZx", user: "Li Na")
        }
        #expect(throws: PasswordProblem.tooLong(count: 129)) {
            try requireStrength(
                of: String((0..<129).map { Character(Unicode.Scalar(0x4E00 + $0 * 7)!) }),
                user: "Li Na")
        }
    }

    @Test(arguments: [
        "password1234", "P@ssw0rd2026", "Dunwell2026!", "dunwell-wuye-2026", "wuyewuyewuye",
        "123456789012", "abcdefghijkl", "qwertyuiop12", "aaaaaaaaaaaa", "abcabcabcabc",
        "zhangsan1234", "LINA20260101", "Li Na Li Na 1", "管理员管理员管理员管理员", "１２３４５６７８９０１２",
        "1qaz2wsx3edc", "iloveyou1314", "woaini5201314", "admin@dunwell", "xyxyxyxyxyxy",
        "property2026!", "wuyeguanli888", "qweasdzxc123",
    ])
    func `is no common word, name, sequence or repetition`(password: String) {
        #expect(throws: PasswordProblem.tooEasy) {
            try requireStrength(
                of: password, user: password.contains("zhang") ? "Zhangsan" : "Li Na")
        }
    }

    @Test func `is refused with what is wrong and what would do`() {
        #expect(
            PasswordProblem.tooShort(count: 3).message.en
                == "The password has 3 characters; it takes 12 or more. A few words that have "
                + "nothing to do with each other are easy to remember.")
        #expect(
            PasswordProblem.tooLong(count: 200).message.en
                == "The password has 200 characters; 128 are the most.")
        #expect(
            PasswordProblem.tooEasy.message.en
                == "This password is easy to guess: common words, the name, sequences, repetitions. "
                + "Take another; a few words that have nothing to do with each other do well.")
    }
}

@Suite struct `A derived secret` {
    @Test func `is the same for the same purpose alone`() {
        #expect(derivedSecret(of: "a", for: "forms") == derivedSecret(of: "a", for: "forms"))
        #expect(derivedSecret(of: "a", for: "forms") != derivedSecret(of: "a", for: "codes"))
        #expect(derivedSecret(of: "a", for: "forms") != derivedSecret(of: "b", for: "forms"))
        #expect(isSameSecret("abc", "abc"))
        #expect(!isSameSecret("abc", "abd") && !isSameSecret("abc", "abcd"))
    }
}
