// swift-tools-version: 6.2
// Targets stand in dependency order: Core → Adapters → Office → Apps.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A module of ours: where it stands, what it may import.
func module(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency] = [],
    exclude: [String] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)",
        exclude: exclude, swiftSettings: strict + settings)
}

func tests(
    _ name: String, at folder: String, _ dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(folder)", exclude: exclude,
        swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(
    name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let scrypt: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "dunwell",
    products: [.executable(name: "dunwell", targets: ["dunwell"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        // Core: what is true. No IO, no clock, no Foundation.
        module("Primitives", in: "Core"),
        module("FeeLedger", in: "Core", ["Primitives"]),
        module("Dunning", in: "Core", ["Primitives", "FeeLedger"]),
        module("Evidence", in: "Core", ["Primitives", "FeeLedger", crypto]),
        module("Casework", in: "Core", ["Primitives", "FeeLedger", "Dunning"]),

        // Adapters: one folder per outside thing.
        .systemLibrary(
            name: "CCSV", path: "Sources/Adapters/CCSV", providers: [.apt(["libcsv-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/Adapters/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CExpat", path: "Sources/Adapters/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/Adapters/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CPango", path: "Sources/Adapters/CPango", pkgConfig: "pangocairo",
            providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(
            name: "CQREncode", path: "Sources/Adapters/CQREncode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(
            name: "CPoppler", path: "Sources/Adapters/CPoppler", pkgConfig: "poppler-glib",
            providers: [.apt(["libpoppler-glib-dev"])]),
        .systemLibrary(
            name: "CPNG", path: "Sources/Adapters/CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CTurboJPEG", path: "Sources/Adapters/CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(
            name: "CXLSXWriter", path: "Sources/Adapters/CXLSXWriter", pkgConfig: "xlsxwriter",
            providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(
            name: "CZBar", path: "Sources/Adapters/CZBar", pkgConfig: "zbar",
            providers: [.apt(["libzbar-dev"])]),
        .systemLibrary(
            name: "CZip", path: "Sources/Adapters/CZip", pkgConfig: "libzip",
            providers: [.apt(["libzip-dev"])]),
        module(
            "SQLiteStore", in: "Adapters",
            ["Primitives", "FeeLedger", "Dunning", "Evidence", "Casework", grdb, sqlite],
            exclude: ["schema.sql"]),
        module(
            "Interchange", in: "Adapters",
            [
                "Primitives", "FeeLedger", "Dunning", "Evidence", "CCSV", "CExpat", "CXLSXWriter",
                "CZip", yams,
            ]),
        module(
            "Letters", in: "Adapters",
            ["Primitives", "CPango", "CQREncode", "CPoppler", mustache]),
        module("Mail", in: "Adapters", ["Primitives", "CCurl"]),
        module("Files", in: "Adapters", ["Primitives", crypto]),
        // Walks over millions of pixels: compiled for speed in a debug build, too.
        module(
            "Scans", in: "Adapters",
            ["Primitives", "CPango", "CPNG", "CPoppler", "CTurboJPEG", "CZBar"],
            settings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        module("Secrets", in: "Adapters", ["Primitives", crypto, scrypt]),
        module("Timestamps", in: "Adapters", ["Primitives", "CCurl", "COpenSSL"]),

        // Office: what staff do, one file per act.
        .target(
            name: "Office",
            dependencies: [
                "Primitives", "FeeLedger", "Dunning", "SQLiteStore", "Interchange", "Letters",
                "Mail", "Files", "Evidence", "Timestamps",
                "Scans", "Casework", "Secrets",
            ],
            path: "Sources/Office", exclude: ["README.md"], swiftSettings: strict),

        // Apps: the ways in.
        .target(
            name: "WebPages",
            dependencies: [
                "Primitives", "FeeLedger", "Dunning", "Evidence", "Casework", "SQLiteStore",
                "Interchange", "Letters", "Mail", "Files", "Scans", "Secrets", "Office",
                hummingbird, hummingbirdCore, hummingbirdTLS, mustache, logging, nio, nioPosix,
                nioSSL,
                nioHTTPTypes, httpTypes, lifecycle,
            ],
            path: "Sources/Apps/WebPages", swiftSettings: strict),
        .executableTarget(
            name: "dunwell",
            dependencies: [
                "Primitives", "FeeLedger", "Dunning", "SQLiteStore", "Interchange", "Letters",
                "Mail", "Files", "Office", "Evidence", "Timestamps",
                arguments, "Scans", "Casework", "Secrets", "WebPages", logging,
            ],
            path: "Sources/Apps/dunwell", swiftSettings: strict),

        // Tests mirror the sources; TestKit holds the small building that all of them share.
        tests("PrimitivesTests", at: "Core/PrimitivesTests", ["Primitives"]),
        tests("FeeLedgerTests", at: "Core/FeeLedgerTests", ["Primitives", "FeeLedger"]),
        tests("DunningTests", at: "Core/DunningTests", ["Primitives", "FeeLedger", "Dunning"]),
        tests("EvidenceTests", at: "Core/EvidenceTests", ["Primitives", "FeeLedger", "Evidence"]),
        tests(
            "CaseworkTests", at: "Core/CaseworkTests",
            ["Primitives", "FeeLedger", "Dunning", "Casework"]),
        tests(
            "InterchangeTests", at: "Adapters/InterchangeTests",
            ["Primitives", "FeeLedger", "Dunning", "Interchange"]),
        tests(
            "LettersTests", at: "Adapters/LettersTests", ["Primitives", "Letters"],
            exclude: ["Golden"]),
        tests("MailTests", at: "Adapters/MailTests", ["Primitives", "Mail", crypto]),
        tests(
            "ScansTests", at: "Adapters/ScansTests", ["Primitives", "Scans"]),
        tests("FilesTests", at: "Adapters/FilesTests", ["Primitives", "Files"]),
        tests(
            "SQLiteStoreTests", at: "Adapters/SQLiteStoreTests",
            [
                "Primitives", "FeeLedger", "Dunning", "Evidence", "SQLiteStore", "Office",
                "TestKit", "Casework", grdb,
            ]),
        tests(
            "OfficeTests", at: "OfficeTests",
            [
                "Primitives", "FeeLedger", "Dunning", "SQLiteStore", "Interchange", "Letters",
                "Files", "Mail", "Office", "TestKit", "Evidence", "Casework", "Secrets", crypto,
                grdb,
            ]),
        tests("SecretsTests", at: "Adapters/SecretsTests", ["Primitives", "Secrets"]),
        tests(
            "WebPagesTests", at: "WebPagesTests",
            [
                "Primitives", "FeeLedger", "Dunning", "Casework", "SQLiteStore", "Office",
                "Secrets", "Interchange", "WebPages", "TestKit",
            ]),
        tests("ScenarioTests", at: "Scenarios", ["TestKit", "dunwell"], exclude: ["Transcripts"]),
        tests("TidyTests", at: "Tidy", []),
        .target(
            name: "TestKit",
            dependencies: ["Primitives", "FeeLedger", "SQLiteStore", "Office", sqlite],
            path: "Tests/TestKit", exclude: ["MapleCourt", "WillowYard"],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
        .executableTarget(
            name: "MessageBenchmark", dependencies: ["Primitives", "Letters", "Mail"],
            path: "Tests/Benchmarks/Messages", exclude: ["messages.py"]),
        .executableTarget(
            name: "SendingBenchmark", dependencies: ["Mail"],
            path: "Tests/Benchmarks/Sending", exclude: ["sending.py"]),
    ],
    swiftLanguageModes: [.v6]
)
