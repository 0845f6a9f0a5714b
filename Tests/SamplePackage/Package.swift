// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// Another package that depends on this one's library, as anybody's may.
let package = Package(
    name: "greeter",
    dependencies: [.package(name: "pooltop", path: "../..")],
    targets: [
        .executableTarget(
            name: "greeter",
            dependencies: [.product(name: "AsyncRuntime", package: "pooltop")]
        )
    ]
)
