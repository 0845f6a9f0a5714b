// SPDX-License-Identifier: Apache-2.0

import Foundation
import Telemetry
import Testing

@Suite struct HeadlessTests {
    @Test func `fanout's figures parse and its books balance`() throws {
        let child = try ChildProcess.pooltop([
            "headless", "fanout", "--seconds", "4", "--clients", "20", "--delay", "20ms~5ms",
            "--workers", "2:4", "--pollers", "2", "--seed", "7",
        ])
        #expect(child.status == 0, "It said: \(child.standardError)")
        let snapshot = try parse(child.standardOutput)
        #expect(snapshot.schema == RuntimeSnapshot.currentSchema)
        #expect(snapshot.scenario == "fanout")
        #expect(snapshot.seed == 7)
        #expect(snapshot.elapsedSeconds >= 4)
        #expect(snapshot.operations.balances)
        // Taken under load: 20 clients and 20 connections wait or work.
        #expect(snapshot.operations.inFlight >= 20)
        #expect(snapshot.requests.completed > 20)
        #expect(snapshot.requests.failed == 0)
        #expect(snapshot.requests.latencyMicroseconds.p50 >= 15_000)
        #expect(snapshot.workers.minimum == 2)
        #expect(snapshot.workers.maximum == 4)
        #expect(snapshot.pollers.maximum == 2)
        #expect(snapshot.detail == nil)
    }

    @Test func `with jsonl there is one object a second`() throws {
        let child = try ChildProcess.pooltop([
            "headless", "timers", "--seconds", "2", "--jsonl", "--clients", "500", "--delay",
            "60s",
        ])
        #expect(child.status == 0, "It said: \(child.standardError)")
        let lines = child.standardOutput.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let snapshot = try parse(String(line))
            #expect(snapshot.operations.balances)
            // None of them is due before the end.
            #expect(snapshot.operations.inFlight > 0)
            #expect(snapshot.port.timers == snapshot.operations.inFlight)
        }
    }

    @Test func `in idle nothing is submitted`() throws {
        let child = try ChildProcess.pooltop(["headless", "idle", "--seconds", "0.5"])
        #expect(child.status == 0, "It said: \(child.standardError)")
        let snapshot = try parse(child.standardOutput)
        #expect(snapshot.operations == RuntimeSnapshot.Operations())
        #expect(snapshot.scenario == "idle")
    }

    @Test func `more clients than descriptors are cut and the limit is named`() throws {
        let child = try ChildProcess.shell(
            "ulimit -n 256; \"$POOLTOP\" headless --seconds 1 --clients 1000"
        )
        #expect(child.status == 0, "It said: \(child.standardError)")
        let snapshot = try parse(child.standardOutput)
        #expect(snapshot.diagnoses.contains { $0.contains("RLIMIT_NOFILE") })
        #expect(snapshot.operations.balances)
        #expect(snapshot.requests.failed == 0)
    }

    @Test func `a closed pipe ends it quietly`() throws {
        let child = try ChildProcess.shell(
            "\"$POOLTOP\" headless --seconds 30 --jsonl --clients 5 | head -n 1 | wc -l"
        )
        #expect(child.status == 0)
        #expect(child.standardOutput.contains("1"))
        #expect(child.standardError.isEmpty, "It said: \(child.standardError)")
    }

    @Test func `a visitor from outside is served`() throws {
        let child = try ChildProcess.shell(
            """
            port=$((20000 + RANDOM % 9000))
            "$POOLTOP" headless --seconds 3 --listen "127.0.0.1:$port" --clients 1 >/dev/null &
            for attempt in {1..50}; do
                (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
                sleep 0.05
            done
            exec 4<>"/dev/tcp/127.0.0.1/$port"
            printf 'HEAD /a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET /b HTTP/1.0\\r\\n\\r\\n' >&4
            cat <&4
            """
        )
        let text = child.standardOutput
        #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3, "It said: \(text)")
        #expect(text.contains("Connection: close"))
        #expect(text.hasSuffix("pooltop answers /b\n"))
    }

    private func parse(_ text: String) throws -> RuntimeSnapshot {
        try JSONDecoder().decode(RuntimeSnapshot.self, from: Data(text.utf8))
    }
}
