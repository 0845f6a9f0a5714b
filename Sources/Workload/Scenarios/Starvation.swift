// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

/// Threads that wait for async code, and what the pool does about it.
extension Scenario {
    /// The pool as it was before .NET 6: one thread more each half second.
    private static let classic: @Sendable (inout RuntimeConfiguration) -> Void = {
        $0.cooperativeBlocking = false
        $0.localHandOver = false
        $0.hillClimbing = false
    }

    private static let tutorialSettings = WorkloadSettings.clients(
        125,
        delay: .milliseconds(500)
    ) {
        $0.thinkTime = .zero
        $0.thinkSpread = .zero
    }

    /// Who is blocked, and what that keeps from happening.
    private static let blockedCaption: @Sendable (RuntimeSnapshot, ScenarioContext) -> String? = {
        snapshot,
        _ in
        let workers = snapshot.workers
        let waiting =
            snapshot.queues.global + snapshot.queues.highPriority
            + snapshot.queues.local.reduce(0, +)
        guard workers.blocked > 0 else { return nil }
        let all =
            workers.blocked == workers.existing
            ? "All \(workers.existing)" : "\(workers.blocked) of \(workers.existing)"
        return "\(all) workers are blocked; \(waiting) items wait, "
            + "among them what they wait for."
    }

    /// Sync over async with the classic injection of threads.
    package static let starvation = Scenario(
        name: "starvation",
        group: .starvation,
        summary: "Every request blocks its thread for async code: sync over async, before .NET 6.",
        whatToLookFor: """
            125 clients; for each request the server calls async code that takes half a second and \
            waits for its result with a blocked thread. The continuation that would set the result \
            needs a worker, and all workers are blocked: nothing is answered, although the \
            processor idles and the poller has delivered every completion. Only the gate thread \
            adds a worker each half second (reason Starvation), and the new one takes the next \
            request and blocks as well. Watch the number of workers climb by one or two a second \
            until it has passed the number of clients; then requests flow. Nothing of it is slow: \
            it waits for itself.
            """,
        suggestedKeys: [
            KeyHint(key: "o", effect: "cooperative on: what .NET 6 does about it"),
            KeyHint(key: "3 then +", effect: "raise the minimum: workers come at once"),
            KeyHint(key: "3 then Enter", effect: "a blocked worker, and in which function"),
        ],
        defaults: tutorialSettings,
        clients: .connections,
        configure: classic,
        caption: blockedCaption,
        stage: serving(.result)
    )

    /// The same with cooperative blocking.
    package static let cooperative = Scenario(
        name: "cooperative",
        group: .starvation,
        summary:
            "The same sync over async, where blocked threads are made up for: .NET 6 and later.",
        whatToLookFor: """
            The code is that of `starvation`, but a worker that is about to block says so, and the \
            pool raises its goal: by as many threads as there are processors at once, then by \
            steps of 25 ms that grow to 250 ms. The reason in the log is CooperativeBlocking. After \
            some seconds there are more workers than clients and every request is answered in half \
            a second, with 125 threads that do nothing but wait. Lower the clients: the goal falls \
            with them, at once. It is a crutch, and `tutorial-await` shows the cure.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then -", effect: "fewer clients: the goal falls at once"),
            KeyHint(key: "o", effect: "cooperative off: starvation as it was before"),
        ],
        defaults: tutorialSettings,
        clients: .connections,
        caption: blockedCaption,
        stage: serving(.result)
    )

    /// Blocking that nobody is told of.
    package static let sleepwait = Scenario(
        name: "sleepwait",
        group: .starvation,
        summary: "Requests poll with Thread.Sleep until their call is complete: nobody is told.",
        whatToLookFor: """
            Instead of waiting for the result, each request looks every ten milliseconds whether \
            it is there, and sleeps in between. Cooperative blocking is on, and yet the pool \
            behaves as in `starvation`: a sleep or a lock does not count as blocking, only waiting \
            for async code does. Compare the log's reasons with those of `cooperative`.
            """,
        suggestedKeys: [
            KeyHint(key: "3 then +", effect: "raise the minimum: the only help left")
        ],
        defaults: tutorialSettings,
        clients: .connections,
        configure: { $0.hillClimbing = false },
        caption: blockedCaption,
        stage: serving(.polled)
    )

    /// The minimum as first aid.
    package static let rescue = Scenario(
        name: "rescue",
        group: .starvation,
        summary: "A starving pool, and a hand on the minimum of workers: SetMinThreads, live.",
        whatToLookFor: """
            The pool starves as in `starvation`. Choose the workers' pane and press + : below the \
            minimum threads are made at once, one starting the next, so the queue drains within \
            moments (reason Key). Then see the price: the threads stay until they have been idle \
            for twenty seconds, and as work goes to the one that parked last, the others grow \
            cold. Guessing the right minimum is what people do in production, and it holds until \
            the load grows.
            """,
        suggestedKeys: [
            KeyHint(key: "3 then +", effect: "raise the minimum until requests are answered"),
            KeyHint(key: "3 then -", effect: "lower it again: who leaves, and when?"),
        ],
        defaults: tutorialSettings,
        clients: .connections,
        configure: classic,
        caption: blockedCaption,
        stage: serving(.result)
    )

    /// The same illness in three disguises.
    package static let blockers = Scenario(
        name: "blockers",
        group: .starvation,
        summary: "The same illness behind a cache lookup, a constructor, a timer callback.",
        whatToLookFor: """
            Nobody writes .Result in a request handler any more. It hides: in a cache that blocks \
            to fill a missing entry, in a constructor (which cannot be async), in the callback of \
            a timer. Change the variant and see that nothing changes but the name of the function \
            in which the workers are blocked. That column is what to look for in production.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "the next place where it hides"),
            KeyHint(key: "3 then Enter", effect: "a blocked worker, and in which function"),
        ],
        variants: [
            Variant(name: "cache", sentence: "GetOrAdd blocks until the missing entry is loaded."),
            Variant(name: "constructor", sentence: "A constructor blocks for what it needs."),
            Variant(name: "timer", sentence: "The callback of a timer blocks its worker."),
        ],
        defaults: tutorialSettings,
        clients: .connections,
        configure: classic,
        caption: blockedCaption,
        stage: serving(.byVariant([.cacheLookup, .constructor, .timerCallback]))
    )

    /// Microsoft's tutorial on diagnosing starvation: the blocking endpoint.
    package static let tutorialResult = Scenario(
        name: "tutorial-result",
        group: .starvation,
        summary: "Microsoft's starvation tutorial: 125 connections, a call of 500 ms, .Result.",
        whatToLookFor: """
            The load of Microsoft's tutorial on thread pool starvation, with today's pool: \
            cooperative blocking on. Requests a second and latency begin badly and get better \
            while the number of workers climbs past 125. In Microsoft's run the blocking endpoint \
            answered 33 requests a second, on average after 3.48 s.
            """,
        suggestedKeys: [KeyHint(key: "c", effect: "threads and throughput over time")],
        defaults: tutorialSettings,
        clients: .connections,
        caption: blockedCaption,
        stage: serving(.result)
    )

    /// The tutorial's polling endpoint.
    package static let tutorialSleepwait = Scenario(
        name: "tutorial-sleepwait",
        group: .starvation,
        summary: "The same load, polling with Thread.Sleep(10): the slowest of the three.",
        whatToLookFor: """
            The tutorial's second endpoint: a loop that sleeps for ten milliseconds until the task \
            is complete. The pool is not told that its threads wait, so it grows slowly. In \
            Microsoft's run it answered 1.6 requests a second, on average after 15.4 s.
            """,
        suggestedKeys: [KeyHint(key: "c", effect: "threads and throughput over time")],
        defaults: tutorialSettings,
        clients: .connections,
        caption: blockedCaption,
        stage: serving(.polled)
    )

    /// The tutorial's cure.
    package static let tutorialAwait = Scenario(
        name: "tutorial-await",
        group: .starvation,
        summary: "The same load, awaited: the cure.",
        whatToLookFor: """
            The tutorial's third endpoint differs by one word: await. No thread waits, the number \
            of workers stays at its minimum, and every request takes what the call takes. In \
            Microsoft's run 228 requests a second, on average after 533 ms.
            """,
        suggestedKeys: [KeyHint(key: "4 then +", effect: "twice the clients, the same threads")],
        defaults: tutorialSettings,
        clients: .connections,
        stage: serving(.awaited)
    )
}
