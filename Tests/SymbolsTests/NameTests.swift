// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Symbols

@Suite struct NameTests {
    @Test(arguments: [
        ("$s3app4workyyYaFTQ2_", "$s3app4workyyYaF", "TQ2"),
        ("$s3app4workyyYaFTY11_", "$s3app4workyyYaF", "TY11"),
        ("$s3app4workyyYaFTQ_", "$s3app4workyyYaF", "TQ"),
        ("$s3app4workyyYaF", "$s3app4workyyYaF", ""),
        ("$s3app4workyyYaFTq2_", "$s3app4workyyYaFTq2_", ""),
        ("TQ2_", "TQ2_", ""), ("_", "_", ""), ("", "", ""), ("9_", "9_", ""),
    ])
    func `a symbol is split into function and state`(
        symbol: String,
        function: String,
        state: String
    ) {
        let name = ResumeName(symbol)
        #expect(name.function == function)
        #expect(name.state == state)
    }

    @Test(arguments: [
        ("app.work(Swift.Int) async -> ()", "work"),
        ("static app.Server.serve(on: app.Socket) async throws -> ()", "Server.serve"),
        ("(2) await resume partial function for app.work() async -> ()", "work"),
        (
            "(1) suspend resume partial function for partial apply forwarder for closure #1 "
                + "() async -> Swift.Int in static app.M.main() async -> ()", "M.main {1}"
        ),
        ("closure #2 () async -> () in closure #1 () -> () in app.run() -> ()", "run {1} {2}"),
        (
            "implicit closure #1 @Sendable () async -> Swift.Bool in app.Shop.fill(Swift.Int) async"
                + " -> Swift.Bool", "Shop.fill {1}"
        ),
        (
            "closure #2 () async -> () in variable initialization expression of static "
                + "app.Scenario.all : app.Scenario", "Scenario.all {2}"
        ),
        ("app.(hidden in _0123456789ABCDEF)(Swift.Int) async -> ()", "hidden"),
        ("app.Box.(hidden in _0123456789ABCDEF)<A>(A) async -> ()", "Box.hidden"),
        ("(extension in app):Swift.Clock.sleep(for: A.Duration) async throws -> ()", "Clock.sleep"),
        ("app.Box<A>.take<B where B: Swift.P>(() -> B) async -> B", "Box.take"),
        ("generic specialization <Swift.Int> of app.work<A>(A) async -> ()", "work"),
        (
            "reabstraction thunk helper from @escaping @callee_guaranteed () -> () to @escaping",
            "thunk"
        ),
        ("app.Box.subscript.getter : Swift.Int", "Box.subscript.getter"), ("main", "main"),
        ("", ""),
        ("(", "("), ("app.", "app."), ("app.<", "<"),
    ])
    func `a demangled name has a short form`(name: String, title: String) {
        #expect(FunctionTitle.short(name) == title)
    }
}
