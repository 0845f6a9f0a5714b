// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import pooltop

@Suite struct UsageTests {
    @Test(arguments: [
        (["nowhere"], "'nowhere'"),
        (["headless", "nowhere"], "choose one of one, fanout, ordinary, nothread, twin"),
        (["scenarios", "nowhere"], "choose one of"),
        (["headless", "--placement", "sideways"], "no placement 'sideways'"),
        (["headless", "--engine", "io_uring"], "not part of this version"),
        (["headless", "--engine", "steam"], "no engine 'steam'"),
        (["headless", "--workers", "8:2"], "--workers takes"),
        (["headless", "--workers", "0"], "--workers takes"),
        (["headless", "--pollers", "1:1001"], "--pollers takes"),
        (["headless", "--concurrency", "x"], "--concurrency takes"),
        (["headless", "--clients", "-1"], "--clients"),
        (["headless", "--rate", "0"], "--rate takes"),
        (["headless", "--delay", "5ms~6ms"], "--delay takes"),
        (["headless", "--cpu", "11s"], "--cpu takes"),
        (["headless", "--blocking", "5%"], "--blocking takes"),
        (["headless", "--reset", "101%"], "--reset takes"),
        (["headless", "--listen", "here"], "--listen takes"),
        (["headless", "--seed", "1.5"], "--seed takes"),
        (["headless", "--seconds", "0"], "--seconds takes"),
        (["headless", "--think", "5ms~6ms"], "--think takes"),
        (["headless", "--variant", "x"], "fanout has no variants"),
        (["headless", "hill", "--variant", "x"], "choose one of climb, flat"),
        (["bench", "post", "--items", "0"], "--items takes"),
        (["run"], "pooltop headless"),
        ([], "pooltop headless"),
    ])
    func `what cannot be done is said in one sentence`(
        arguments: [String],
        hint: String
    ) throws {
        let child = try ChildProcess.pooltop(arguments)
        #expect(child.status != 0)
        #expect(child.standardOutput.isEmpty)
        #expect(child.standardError.contains(hint), "It said: \(child.standardError)")
        // The option's value being an option to the parser is its own message, with usage.
        if !arguments.contains("-1") {
            #expect(child.standardError.filter { $0 == "\n" }.count == 1)
        }
    }

    /// The server is killed outright: it inherits the blocked signals of the testing threads.
    @Test func `a port in use is named`() throws {
        let child = try ChildProcess.shell(
            """
            coproc "$POOLTOP" bench echo-server --port 0; server=$COPROC_PID
            read -r line <&"${COPROC[0]}"; port=${line##*:}; port=${port%\\}}
            "$POOLTOP" headless --listen "127.0.0.1:$port"; status=$?
            kill -KILL "$server"; exit "$status"
            """
        )
        #expect(child.status == 1)
        #expect(child.standardError.contains("is in use; choose another port"))
    }

    @Test func `help, version, scenarios and completions are printed`() throws {
        #expect(try ChildProcess.pooltop(["--help"]).standardOutput.contains("headless"))
        let version = try ChildProcess.pooltop(["--version"])
        #expect(version.standardOutput.split(separator: ".").count == 3)
        let list = try ChildProcess.pooltop(["scenarios"]).standardOutput
        let listed = list.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .map { $0.dropFirst(2).prefix { $0 != " " } }
        #expect(listed == names)
        for name in names {
            let text = try ChildProcess.pooltop(["scenarios", String(name)]).standardOutput
            #expect(text.contains("Keys to try"))
        }
        let script = try ChildProcess.pooltop(["--generate-completion-script", "bash"])
        #expect(names.allSatisfy { script.standardOutput.contains("'\($0)'") })
    }

    @Test func `the options of the README exist`() throws {
        let source = URL(fileURLWithPath: #filePath)
        let root = source.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(
            contentsOf: root.appendingPathComponent("README.md"),
            encoding: .utf8
        )
        var help = try ChildProcess.pooltop(["headless", "--help"]).standardOutput
        help += try ChildProcess.pooltop(["run", "--help"]).standardOutput
        let benches = ["post", "pingpong", "spawn", "inflight", "echo-server", "soak"]
        for bench in benches {
            help += try ChildProcess.pooltop(["bench", bench, "--help"]).standardOutput
        }
        for option in readme.matches(of: /--[a-z]+\b(?!-)/).map(\.output) {
            #expect(help.contains(option), "The README names \(option), no help does.")
        }
    }

    @Test func `of many threads that are left behind a few are named`() {
        #expect(StandardError.sentence(heldThreads: []) == nil)
        #expect(
            StandardError.sentence(heldThreads: ["worker-1", "gate"])
                == "Left behind, since code on them did not return: worker-1, gate."
        )
        let many = StandardError.sentence(heldThreads: (1...1100).map { "worker-\($0)" })
        #expect(many?.hasSuffix("worker-11, worker-12 and 1088 more.") == true)
    }

    private var names: [Substring] {
        [
            "one", "fanout", "ordinary", "nothread", "twin", "timers", "idle", "starvation",
            "cooperative", "sleepwait", "rescue", "gosse", "blockers", "timers-starved",
            "tutorial-result", "tutorial-sleepwait", "tutorial-await", "hill", "longrunning",
            "yield", "placement", "inline-blocks", "hops", "whichthread", "deadlock", "asyncvoid",
            "syncfast", "lifo", "batch", "files", "cancel",
        ]
    }
}
