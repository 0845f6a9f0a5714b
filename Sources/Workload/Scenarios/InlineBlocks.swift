// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// User code that blocks the poller.
    package static let inlineBlocks = Scenario(
        name: "inline-blocks",
        group: .continuations,
        summary: "A poisoned poller: continuations run in place, and some of them block.",
        whatToLookFor: """
            One poller, and continuations run on it in place: no queue, no switch of threads, and \
            requests are fast. But one of two hundred requests sleeps for two seconds, in user \
            code, on the poller. Then its row says blocked, and nobody asks the kernel any \
            more: sockets are ready, timers are due, and every request freezes, while the workers \
            idle beside it. The variant `cure` changes one \
            word at one await (RunContinuationsAsynchronously): that continuation goes to a \
            worker, one hop more, and only the sleeping request is slow.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "the cure, and back"),
            KeyHint(key: "2 then +", effect: "a second poller: until both are held"),
            KeyHint(key: "r", effect: "all continuations to the workers"),
        ],
        variants: [
            Variant(name: "poisoned", sentence: "Every continuation runs on the poller, in place."),
            Variant(
                name: "cure",
                sentence: "The one await before user code asks for RunContinuationsAsynchronously."
            ),
        ],
        defaults: .clients(50, delay: .milliseconds(20), spread: .milliseconds(5)) {
            $0.blockingPercent = 0.5
            $0.blockingTime = .seconds(2)
        },
        clients: .connections,
        configure: {
            $0.placement = .inline
            $0.pollers = 1...1
            $0.concurrency = 1
        },
        caption: { snapshot, _ in
            let held = snapshot.pollers.inline + snapshot.pollers.blocked
            guard held == snapshot.pollers.count else { return nil }
            return "User code holds every poller: nobody asks the kernel, while "
                + "\(snapshot.workers.parked) workers idle."
        },
        stage: serving(.byVariant([.awaited, .awaitedAsynchronously]))
    )
}
