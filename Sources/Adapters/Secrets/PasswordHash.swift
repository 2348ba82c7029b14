import Crypto
import CryptoExtras
import Dispatch

/// What it costs to try a password: scrypt's parameters.
public struct PasswordCost: Hashable, Sendable {
    /// N is 2 to the power of this.
    public let logarithm: Int
    /// r.
    let blockSize: Int
    /// p.
    let parallelism: Int

    /// - Parameter logarithm: N is 2 to its power; r = 8, p = 1.
    public init(logarithm: Int) {
        self.init(logarithm: logarithm, blockSize: 8, parallelism: 1)
    }

    init(logarithm: Int, blockSize: Int, parallelism: Int) {
        self.logarithm = logarithm
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// N = 2^17, r = 8, p = 1: 128 MB for each hash (QUALITY.md, Security).
    public static let usual = PasswordCost(logarithm: 17)

    /// What a stored hash may ask of this machine: it comes from the file alone, but a file may be
    /// damaged.
    fileprivate var isBearable: Bool {
        (1...20).contains(logarithm) && (1...16).contains(blockSize)
            && (1...3).contains(parallelism)
    }
}

/// A password as it is kept: hashed by scrypt (RFC 7914) with a salt of its own, written
/// `$scrypt$ln=17,r=8,p=1$SALT$HASH`.
public struct PasswordHash: Sendable {
    private let cost: PasswordCost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a new password; takes about half a second and 128 MB at the usual cost.
    public init(of password: String, cost: PasswordCost = .usual) {
        self.cost = cost
        salt = randomBytes(16)
        hash = scrypt(password, salt: salt, cost: cost)
    }

    /// `nil` where the text is no hash of this form.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = PasswordCost(parts[2]), cost.isBearable,
            let salt = BitText.base64.bytes(of: parts[3]), !salt.isEmpty,
            let hash = BitText.base64.bytes(of: parts[4]), hash.count == hashLength
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Whether it is of this password.
    public func isOf(_ password: String) -> Bool {
        isSameSecret(scrypt(password, salt: salt, cost: cost), hash)
    }

    /// Of no password at all: to take as long for a name that nobody has as for one that is known.
    public static let ofNone = PasswordHash(
        cost: .usual, salt: randomBytes(16), hash: randomBytes(hashLength))

    private init(cost: PasswordCost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }
}

extension PasswordHash: CustomStringConvertible {
    public var description: String {
        "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(BitText.base64.text(of: salt))$\(BitText.base64.text(of: hash))"
    }
}

extension PasswordCost {
    /// `ln=17,r=8,p=1`
    fileprivate init?(_ text: Substring) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let values = zip(["ln=", "r=", "p="], parts).compactMap { name, part in
            part.hasPrefix(name) ? Int(part.dropFirst(name.count)) : nil
        }
        guard parts.count == 3, values.count == 3 else { return nil }
        self.init(logarithm: values[0], blockSize: values[1], parallelism: values[2])
    }
}

private let hashLength = 32

/// At most two at once, so that many log-ins together do not take the machine's memory.
private let turns = DispatchSemaphore(value: 2)

/// Waits for its turn.
private func scrypt(_ password: String, salt: [UInt8], cost: PasswordCost) -> [UInt8] {
    turns.wait()
    defer { turns.signal() }
    // An empty one, which is nobody's, would have no address to give to BoringSSL.
    let bytes = password.isEmpty ? [0] : Array(password.utf8)
    // It fails for parameters out of bounds or want of memory alone; either ends the program.
    let key = try! KDF.Scrypt.deriveKey(
        from: bytes, salt: salt, outputByteCount: hashLength, rounds: 1 << cost.logarithm,
        blockSize: cost.blockSize, parallelism: cost.parallelism)
    return key.withUnsafeBytes { Array($0) }
}
