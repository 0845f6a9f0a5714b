// swift-tools-version: 6.2
import PackageDescription

/// Language settings shared by every Swift target.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "pooltop",
    products: [
        .executable(name: "pooltop", targets: ["pooltop"]),
        .library(name: "AsyncRuntime", targets: ["AsyncRuntime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    ],
    targets: [
        // C headers: epoll, eventfd, futex, signalfd. Knows nothing of ours.
        .target(name: "CLinux"),
        // ncursesw behind inline wrappers. Knows nothing of ours.
        .target(
            name: "CNCurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]
        ),
        // The only module that sees Linux.
        .target(
            name: "Kernel",
            dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        // Plain data that runtime and dashboard share, and the counters it is read from.
        .target(name: "Telemetry", swiftSettings: strict),
        // Names and lines of async functions, out of an executable's bytes. Knows nothing of ours.
        .target(name: "Symbols", swiftSettings: strict),
        // The completion port. Does not know the pool.
        .target(
            name: "Port",
            dependencies: [
                "Kernel", "Telemetry",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        // The worker pool. Does not know the port.
        .target(
            name: "Pool",
            dependencies: [
                "Kernel", "Telemetry",
                .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "RealModule", package: "swift-numerics"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        // Where port and pool meet: executor, placement, awaitable operations, registry.
        .target(
            name: "AsyncRuntime",
            dependencies: [
                "Port", "Pool", "Symbols", "Kernel", "Telemetry",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        // Scenarios: real servers, clients and timers.
        .target(
            name: "Workload",
            dependencies: [
                "AsyncRuntime", "Telemetry",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        // Model, update and view, all pure. Sees snapshots only.
        .target(name: "Dashboard", dependencies: ["Telemetry"], swiftSettings: strict),
        // Paints frames with ncurses, reads keys.
        .target(name: "Terminal", dependencies: ["CNCurses", "Dashboard"], swiftSettings: strict),
        // Puts sources of the modules above into the program, for its source view.
        .executableTarget(
            name: "embed-sources",
            path: "Sources/EmbedSourcesTool",
            swiftSettings: strict
        ),
        .plugin(
            name: "EmbedSources",
            capability: .buildTool(),
            dependencies: ["embed-sources"],
            path: "Sources/EmbedSources"
        ),
        // Command line and main loop.
        .executableTarget(
            name: "pooltop",
            dependencies: [
                "Kernel", "Telemetry", "Port", "Pool", "AsyncRuntime", "Workload", "Dashboard",
                "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict,
            // Takes the place of malloc in the whole process. A task is made on one thread and freed
            // on another; glibc's allocator takes the maker's lock for that, and sleeps over it.
            linkerSettings: [.linkedLibrary("mimalloc")],
            plugins: ["EmbedSources"]
        ),
        // What tests of several modules share: schedules, seeds, bounded waits, threads, lanes.
        .target(
            name: "TestSupport",
            dependencies: [
                "Kernel", "Telemetry", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "KernelTests",
            dependencies: [
                "Kernel", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", "Kernel", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SymbolsTests",
            dependencies: ["Symbols", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PortTests",
            dependencies: [
                "Port", "Kernel", "Telemetry", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PoolTests",
            dependencies: ["Pool", "Kernel", "Telemetry", "TestSupport"],
            swiftSettings: strict
        ),
        // A program of plain Swift concurrency on an installed runtime; the tests run it, since a
        // test process has an executor already.
        .executableTarget(
            name: "ordinary-swift",
            dependencies: ["AsyncRuntime", "Kernel", "Port", "Telemetry"],
            path: "Tests/OrdinarySwift",
            swiftSettings: strict
        ),
        // The sources of the sample package, with the settings that another package has by default;
        // under a name of its own, since that package depends on this one.
        .executableTarget(
            name: "greeter-sample",
            dependencies: ["AsyncRuntime"],
            path: "Tests/SamplePackage/Sources/greeter"
        ),
        .testTarget(
            name: "AsyncRuntimeTests",
            dependencies: [
                "AsyncRuntime", "Kernel", "Port", "Telemetry", "TestSupport", "ordinary-swift",
                "greeter-sample",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Dashboard", "Telemetry", "TestSupport"],
            // The screens as text; the tests find them beside their own source.
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        // Takes the screen and crashes as it is told; the tests run it on a pseudo-terminal.
        .executableTarget(
            name: "crash-course",
            dependencies: ["Terminal", "Dashboard", "Kernel"],
            path: "Tests/CrashCourse",
            swiftSettings: strict
        ),
        .testTarget(
            name: "TerminalTests",
            dependencies: ["Terminal", "Dashboard", "Telemetry", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkloadTests",
            dependencies: [
                "Workload", "AsyncRuntime", "Telemetry",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict
        ),
        // Runs the built command from outside, as a person would.
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "pooltop", "crash-course", "AsyncRuntime", "Dashboard", "Telemetry", "Workload",
                "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ]
)
