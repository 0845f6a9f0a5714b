// SPDX-License-Identifier: Apache-2.0

import Foundation
import Telemetry
import TestSupport
import Testing

/// What each scenario is known for: who grows, how fast, for what reason.
///
/// The scenarios run as a user would run them, several at a time where they hardly use the
/// processor. Bounds are wide: a slow machine is late, it does not behave differently.
@Suite(.serialized) struct ScenarioSignatureTests {
    private func pictures(_ runs: [String]) throws -> [RuntimeSnapshot] {
        let children = try ChildProcess.pooltops(
            runs.map { ["headless"] + $0.split(separator: " ").map(String.init) }
        )
        return try children.map { child in
            try #require(child.status == 0, "It said: \(child.standardError)")
            let snapshot = try JSONDecoder().decode(
                RuntimeSnapshot.self,
                from: Data(child.standardOutput.utf8)
            )
            #expect(snapshot.operations.balances)
            #expect(snapshot.requests.failed == 0)
            return snapshot
        }
    }

    /// The first picture of a run that is as it should be; the run is then ended.
    ///
    /// A slow machine takes longer to get there.
    private func picture(
        _ run: String,
        when isReached: (RuntimeSnapshot) -> Bool
    ) throws -> RuntimeSnapshot {
        let words =
            ["headless", "--jsonl", "--seconds", "600"] + run.split(separator: " ").map(String.init)
        let program = try StartedProgram(ChildProcess.built("pooltop").path, words)
        defer { program.stop() }
        var latest: RuntimeSnapshot?
        try eventually("\(run) is as it should be", within: .seconds(120), every: .milliseconds(50))
        {
            let lines = try program.outputSoFar().split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            // What follows the last line break is half a line, or nothing.
            guard let line = lines.dropLast().last else { return false }
            let snapshot = try JSONDecoder().decode(RuntimeSnapshot.self, from: Data(line.utf8))
            latest = snapshot
            return isReached(snapshot)
        }
        let snapshot = try #require(latest)
        #expect(snapshot.operations.balances)
        #expect(snapshot.requests.failed == 0)
        return snapshot
    }

    private func reasons(_ snapshot: RuntimeSnapshot) -> Set<String> {
        Set(snapshot.adjustments.map(\.reason)).subtracting(["Initializing"])
    }

    @Test func `inline placement serves, too`() throws {
        let load = "--rate 200 --delay 5ms --blocking 10%:1ms --reset 10% --cpu 10us"
        let snapshot = try picture("fanout --clients 20 --placement inline \(load)") {
            $0.requests.completed > 50
        }
        #expect(snapshot.placement == "inline")
    }

    @Test func `classic injection adds a thread or two a second, and nothing is answered`() throws {
        let names =
            ["starvation", "sleepwait", "gosse"] + [
                "blockers --variant cache", "blockers --variant constructor",
                "blockers --variant timer",
            ]
        let snapshots = try pictures(names.map { "\($0) --seconds 8 --workers 2:100" })
        for (name, snapshot) in zip(names, snapshots) {
            #expect(reasons(snapshot) == ["Starvation"], "\(name)")
            // The gate thread looks twice a second, and each look adds one at most.
            #expect((5...18).contains(snapshot.workers.existing), "\(name)")
            #expect(snapshot.workers.blocked >= snapshot.workers.existing - 2, "\(name)")
            // While clients are still connecting a worker may be free for a continuation; later
            // none is. Awaited, it would be nearly two thousand.
            let most = name == "sleepwait" ? 100 : 40
            #expect(snapshot.requests.completed <= most, "\(name)")
            let waiting = snapshot.queues.global + snapshot.queues.local.reduce(0, +)
            #expect(waiting > 20, "\(name)")
        }
    }

    @Test func `cooperative blocking adds threads fast, for its own reason`() throws {
        let snapshots = try pictures(
            ["cooperative", "tutorial-result"].map { "\($0) --seconds 8 --workers 2:300" }
        )
        for snapshot in snapshots {
            #expect(reasons(snapshot).contains("CooperativeBlocking"))
            #expect(!reasons(snapshot).contains("Starvation"))
            // By steps of at most 250 ms: thirty and more in eight seconds.
            #expect(snapshot.workers.existing >= 20)
        }
    }

    @Test func `what helps: the minimum, the hand-over, await`() throws {
        let snapshots = try pictures([
            "rescue --seconds 6 --workers 200:400", "gosse --seconds 6 --local-hand-over",
            "tutorial-await --seconds 6 --workers 2:100", "timers-starved --seconds 6 --clients 0",
            "timers-starved --seconds 6 --clients 40 --workers 2:100",
        ])
        #expect(snapshots[0].workers.existing >= 125)
        #expect(snapshots[0].requests.completed > 125)
        #expect(reasons(snapshots[0]).isEmpty)
        #expect(snapshots[1].requests.completed >= 40)
        #expect(snapshots[1].queues.global == 0)
        #expect(snapshots[2].requests.completed > 250)
        // Two are enough; on a busy machine the pool tries a few more. The blocking twin needs 100.
        #expect(snapshots[2].workers.existing <= 30)
        #expect(snapshots[2].workers.blocked == 0)
        // The heart beats, or it does not.
        #expect(snapshots[3].requests.completed > 20)
        #expect(snapshots[4].requests.completed <= 10)
    }

    @Test func `hill climbing finds more threads, and leaves flat load alone`() throws {
        // The goal swings between the two values of the wave: the lower one is where it stands.
        func stand(_ snapshot: RuntimeSnapshot) -> Int? {
            let moves = snapshot.adjustments.filter { $0.reason == "ClimbingMove" }.map(\.to)
            return moves.count < 10 ? nil : moves.suffix(4).min()
        }
        let climbed = try picture("hill") { stand($0) ?? 0 >= 6 }
        #expect(!reasons(climbed).contains("Starvation"))
        let flat = try picture("hill --variant flat") { stand($0) != nil }
        #expect(stand(flat) ?? 0 <= 4)
    }

    @Test func `an endless item holds a worker, or has a thread of its own`() throws {
        let snapshots = try pictures([
            "longrunning --seconds 5", "longrunning --variant dedicated --seconds 5",
        ])
        // Nothing tells the two apart but who is blocked.
        for snapshot in snapshots {
            #expect(snapshot.workers.existing == 2)
            #expect(reasons(snapshot).isEmpty)
            #expect(snapshot.requests.completed > 20)
        }
        #expect(snapshots[0].workers.blocked == 1)
        #expect(snapshots[0].schedulers.isEmpty)
        #expect(snapshots[1].workers.blocked == 0)
        #expect(snapshots[1].schedulers.map(\.name) == ["dedicated"])
    }

    @Test func `loops that yield let requests through, loops with children do not`() throws {
        let yields = try pictures(["yield --seconds 5"])
        #expect(yields[0].requests.completed > 50)
        let local = try pictures(["yield --variant local --seconds 5"])
        #expect(local[0].requests.completed <= 10)
        let hog = try pictures(["yield --variant hog --seconds 5"])
        let p50 = (yields[0], hog[0])
        #expect(
            p50.0.requests.latencyMicroseconds.p50 < p50.1.requests.latencyMicroseconds.p50
        )
    }

    @Test func `one client needs one poller and one worker`() throws {
        let snapshots = try pictures(["one --seconds 4", "one --seconds 4 --placement inline"])
        for snapshot in snapshots {
            #expect(snapshot.requests.completed >= 5)
            #expect(snapshot.pollers.count == 1)
            #expect(snapshot.workers.existing <= 1)
            #expect(snapshot.workers.maximum == 1)
            #expect(reasons(snapshot).isEmpty)
            // The client, its connection in the server, the one that accepts, the scenario's own.
            #expect((3...8).contains(snapshot.machines.inFlight))
            #expect(snapshot.operations.inFlight <= 4)
        }
    }

    @Test func `thousands of operations wait, a handful of threads exists`() throws {
        let snapshots = try pictures([
            "nothread --seconds 4 --clients 1500 --workers 2:2", "batch --seconds 5 --workers 2:2",
            "asyncvoid --seconds 4",
        ])
        #expect(snapshots[0].port.armed >= 1500)
        #expect(snapshots[0].port.timers >= 1000)
        // Two workers, two pollers or as many as processors, gate, sampler, main.
        #expect(snapshots[0].workers.existing <= 2)
        #expect(snapshots[1].requests.completed >= 5000)
        // Nobody hears of the errors, neither the runtime nor its books.
        #expect(snapshots[2].machines.finished > 5)
        #expect(snapshots[2].diagnoses.isEmpty)
    }

    @Test func `a program of plain Swift runs on the runtime, and its tasks leave`() throws {
        let snapshot = try pictures(["ordinary --seconds 4 --clients 10 --delay 20ms"])[0]
        #expect(snapshot.requests.completed > 50)
        // Customers, their async lets, parcels, and the task of each sleep.
        #expect(snapshot.machines.finished > 300)
        #expect(snapshot.machines.inFlight <= 10 * (1 + 2 + 4) * 2 + 2)
        // Nothing but sleeps comes to the port.
        #expect(snapshot.port.armed == 0)
        #expect(snapshot.operations.completed > 200)
        #expect(snapshot.diagnoses.isEmpty)
    }

    @Test func `twins serve the same requests, one of them with a thread at each end`() throws {
        let snapshot = try pictures(["twin --seconds 6 --clients 60 --seed 3"])[0]
        let twin = try #require(snapshot.twin)
        // Server, main, and a thread at either end of each connection.
        #expect((120...126).contains(twin.sync.threads))
        #expect(twin.async.threads < 20)
        for side in [twin.async, twin.sync] {
            #expect(side.seconds > 1)
            #expect(side.requests.completed > 60)
            #expect(side.requests.failed == 0)
            #expect(side.requests.latencyMicroseconds.p50 >= 80_000)
            #expect(side.residentBytes > 1_000_000)
            #expect(side.contextSwitches > side.requests.completed)
            #expect(side.problem.isEmpty)
        }
    }

    @Test func `inline user code holds the only poller, until it is told to leave`() throws {
        let runs = ["poisoned", "cure"].map {
            "inline-blocks --seconds 6 --blocking 4%:1s --variant \($0)"
        }
        let snapshots = try pictures(runs)
        #expect(snapshots[0].workers.blocked == 0)
        // It says for how long: most of six seconds, or the few moments of ordinary continuations.
        #expect(snapshots[0].pollers.userMicroseconds > 2_000_000)
        #expect(snapshots[1].pollers.userMicroseconds < snapshots[0].pollers.userMicroseconds / 2)
        #expect(snapshots[1].pollers.blocked == 0)
        #expect(snapshots[1].requests.completed > snapshots[0].requests.completed)
        #expect(!reasons(snapshots[0]).contains("CooperativeBlocking"))
        #expect(reasons(snapshots[1]).contains("CooperativeBlocking"))
    }

    @Test func `a context that waits for itself is named, and both ways out work`() throws {
        let snapshots = try pictures(
            ["result", "anywhere", "await"].map { "deadlock --seconds 4 --variant \($0)" }
        )
        #expect(snapshots[0].requests.completed == 0)
        #expect(
            snapshots[0].diagnoses.contains { $0.hasPrefix("Deadlock: context-ui -> machine #") }
        )
        #expect(snapshots[0].schedulers.map(\.state) == [.blocked])
        for snapshot in snapshots[1...] {
            #expect(snapshot.requests.completed >= 2)
            #expect(snapshot.diagnoses.isEmpty)
        }
    }

    @Test(arguments: ["worker", "inline", "context", "limited", "dedicated"])
    func `every placement serves, with the threads that it needs`(placement: String) throws {
        let variant = try pictures([
            "whichthread --seconds 2 --placement \(placement)",
            "placement --seconds 3 --variant \(placement)",
        ])
        for snapshot in variant {
            #expect(snapshot.requests.completed > 20)
            #expect(snapshot.placement == placement)
            let has = ["context", "limited", "dedicated"].contains(placement)
            #expect(snapshot.schedulers.map(\.name) == (has ? [placement] : []))
        }
    }

    @Test func `chains hop, fast reads do not, files block and sockets do not`() throws {
        let hops = try pictures(["hops --seconds 3", "hops --seconds 3 --variant queued"])
        #expect(hops.allSatisfy { $0.requests.completed > 50 })
        let reads = try pictures([
            "syncfast --seconds 3", "syncfast --seconds 3 --variant packet", "lifo --seconds 3",
        ])
        #expect(reads[0].operations.synchronous * 2 > reads[0].operations.completed)
        #expect(reads[1].port.dequeued * 2 > reads[1].operations.completed)
        #expect(reads[2].pollers.waiting + reads[2].pollers.leader >= 6)
        let blocks = try pictures(["files --seconds 4", "files --seconds 4 --variant sockets"])
        #expect(reasons(blocks[0]).contains("CooperativeBlocking"))
        #expect(reasons(blocks[1]).isEmpty)
        #expect(blocks[1].port.dequeued > blocks[0].port.dequeued / 4)
    }

    @Test func `cancelled and timed out operations are counted once, leaked timers pile up`()
        throws
    {
        let snapshots = try pictures(["cancel --seconds 5", "cancel --seconds 5 --variant leaked"])
        for snapshot in snapshots {
            #expect(snapshot.operations.cancelled > 10)
            #expect(snapshot.operations.timedOut > 10)
            #expect(snapshot.operations.completed > 10)
        }
        #expect(snapshots[1].port.timers > 4 * snapshots[0].port.timers)
    }
}
