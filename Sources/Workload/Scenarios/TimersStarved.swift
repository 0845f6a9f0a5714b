// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Timers that are due while every worker is blocked.
    package static let timersStarved = Scenario(
        name: "timers-starved",
        group: .starvation,
        summary: "A timer of 100 ms beside blocked workers: due in time, served late.",
        whatToLookFor: """
            One machine sleeps for 100 ms, again and again, and notes how late it went on; its \
            lateness is what the request figures show. The clients block their workers for half a \
            second each. The port's timer is always in time: its packet comes out and its \
            continuation is queued within a millisecond. But a continuation needs a worker. So \
            heartbeats stop, time-outs fire late and leases are lost although no clock is wrong: \
            under starvation timers lie. Lower the clients to 0 and the lateness is gone.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then -", effect: "fewer blockers: the timer is in time again"),
            KeyHint(key: "o", effect: "cooperative on: workers come for it"),
        ],
        defaults: .clients(40, delay: .milliseconds(500)),
        clients: .machines(1000),
        configure: {
            $0.cooperativeBlocking = false
            $0.localHandOver = false
            $0.hillClimbing = false
        },
        caption: { snapshot, _ in
            let late = snapshot.requests.latencyMicroseconds.p50 / 1000
            let workers = snapshot.workers
            return "Half of the timers are \(late) ms late or more; "
                + "\(workers.blocked) of \(workers.existing) workers are blocked."
        },
        stage: { (context, _) throws(OperationError) in
            Stage(
                background: [{ await Heartbeat(context: context).beat() }],
                client: { _ in await Blocker(context: context).block() }
            )
        }
    )
}

/// A machine that wants to go on every 100 ms, and notes how late it does.
struct Heartbeat: Sendable {
    let context: ScenarioContext

    static let period = Duration.milliseconds(100)

    func beat() async {
        while !Task.isCancelled {
            let due = context.elapsed + Self.period
            do throws(OperationError) {
                try await context.runtime.sleep(for: Self.period)
            } catch {
                return context.note(error)
            }
            context.ledger.complete(after: max(.zero, context.elapsed - due), hint: 0)
        }
    }
}

/// A machine that blocks its worker for async code, goes to the end of the queue, and does it again.
private struct Blocker: Sendable {
    let context: ScenarioContext

    func block() async {
        while !Task.isCancelled, !context.isEnding {
            do throws(OperationError) {
                let time = context.settings.delay.delay
                try context.runtime.result { try? await context.runtime.sleep(for: time) }
                try await context.runtime.post()
            } catch {
                return context.note(error)
            }
        }
    }
}
