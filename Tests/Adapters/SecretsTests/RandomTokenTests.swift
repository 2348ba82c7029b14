import Secrets
import Testing

@Suite struct `A random token` {
    @Test func `has 43 characters of an address, and no two are the same`() {
        let tokens = (0..<1000).map { _ in randomToken() }
        #expect(tokens.allSatisfy { $0.utf8.count == 43 })
        #expect(Set(tokens).count == 1000)
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(tokens.allSatisfy { Set($0).isSubset(of: allowed) })
    }
}
