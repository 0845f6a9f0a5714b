// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// A context that waits for itself, and the two ways out.
    package static let deadlock = Scenario(
        name: "deadlock",
        group: .continuations,
        summary: "A button's handler waits with .Result on its own context: the classic deadlock.",
        whatToLookFor: """
            One thread with a queue, as that of a user interface. A click runs a handler on it; \
            the handler calls async code and waits for its result, blocked. The async code has \
            captured the context, so its continuation is posted to the queue of the very thread \
            that waits. Nobody else takes from that queue. The cycle is found by looking at who \
            waits for what, and named below. The variants cancel the wait and go on: with \
            ConfigureAwait(false) the continuation runs on a worker and the result arrives (and \
            one forgotten level brings the deadlock back); with await all the way nobody is \
            blocked at all.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "ConfigureAwait(false), await all the way, deadlock again")
        ],
        variants: [
            Variant(name: "result", sentence: "The handler blocks; the continuation needs it."),
            Variant(
                name: "anywhere",
                sentence: "ConfigureAwait(false): the continuation runs on a worker."
            ),
            Variant(name: "await", sentence: "The handler awaits: its thread stays free."),
        ],
        defaults: .clients(0, delay: .milliseconds(100)),
        caption: { snapshot, _ in
            let context = snapshot.schedulers.first { $0.name == Placement.context.rawValue }
            guard context?.state == .blocked, let queued = context?.queued, queued > 0 else {
                return "\(snapshot.requests.completed) clicks have been handled on context-ui."
            }
            return "context-ui is blocked; \(queued) items queue for it, among them what it "
                + "waits for."
        },
        stage: { (context, _) throws(OperationError) in
            Stage(background: [{ await Clicker(context: context).run() }])
        }
    )
}

/// Clicks twice a second, whether or not the clicks are handled.
private struct Clicker: Sendable {
    let context: ScenarioContext

    func run() async {
        var variant = context.settings.variant
        while !Task.isCancelled, !context.isEnding {
            if context.settings.variant != variant {
                variant = context.settings.variant
                endWait()
            }
            do {
                // The user goes on clicking, but not more than the queue shows.
                if waiting < 10 { try click() }
                try await context.runtime.sleep(for: .milliseconds(500))
            } catch {
                break
            }
        }
        // This task is cancelled, and could not wait itself. A click that was on its way to the
        // context when the end came may begin to wait only now, so its wait is ended again and again.
        await context.start { [self] in await context.unawaitedHaveEnded(nudge: endWait) }.value
    }

    private var waiting: Int { context.runtime.queuedOnContext }

    private func endWait() {
        context.runtime.cancelSynchronousWaits(onThread: "context-ui")
    }

    private func click() throws(RuntimeError) {
        context.unawaited.begin()
        do throws(RuntimeError) {
            try context.runtime.postToContext {
                clicked()
                context.unawaited.end()
            }
        } catch {
            context.unawaited.end()
            throw error
        }
    }

    /// On the context's thread.
    private func clicked() {
        guard !context.isEnding else { return }
        let begin = context.elapsed
        switch context.settings.variant {
        case 0:
            handle(begin) { try context.runtime.result { try? await load([]) } }
        case 1:
            handle(begin) { try context.runtime.result { try? await load(.anywhere) } }
        default:
            context.startHere {
                if (try? await load([])) != nil { complete(begin) }
            }
        }
    }

    private func handle(_ begin: Duration, _ body: () throws -> Void) {
        if (try? body()) != nil { complete(begin) }
    }

    private func complete(_ begin: Duration) {
        context.ledger.complete(after: context.elapsed - begin, hint: 0)
    }

    /// The async code: one await.
    ///
    /// Of a very long delay several, since whoever stopped waiting for it cannot cancel it.
    private func load(_ options: AwaitOptions) async throws(OperationError) {
        context.unawaited.begin()
        defer { context.unawaited.end() }
        let end = context.elapsed + context.settings.delay.delay
        repeat {
            let rest = min(end - context.elapsed, .seconds(1))
            try await context.runtime.sleep(for: rest, options: options)
        } while context.elapsed < end && !context.isEnding
    }
}
