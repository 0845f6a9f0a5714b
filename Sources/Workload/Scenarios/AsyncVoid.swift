// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// An error that nobody hears.
    package static let asyncvoid = Scenario(
        name: "asyncvoid",
        group: .continuations,
        summary: "A task that throws and that nobody awaits: Swift drops the error silently.",
        whatToLookFor: """
            In C# an async void method that throws has no caller to tell, and the process ends. \
            Swift has no async void; its relative is a Task whose value nobody awaits. It throws, \
            the error is dropped with the task, and nothing happens: no crash, no log, one machine \
            less. That is what you see here, honestly: machines end, the counter of the program \
            grows, and the runtime knows of nothing. Neither is better; both want the same cure: \
            somebody has to await.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then +", effect: "more tasks that throw, and still no word of it"),
            KeyHint(key: "l", effect: "the log: no word of them"),
        ],
        defaults: .clients(10, delay: .milliseconds(500), spread: .milliseconds(200)),
        clients: .machines(1000),
        caption: { _, context in
            "\(context.losses.count) tasks have thrown; they ended like the others, and nobody "
                + "was told."
        },
        stage: { (context, _) throws(OperationError) in
            Stage(client: { await FireAndForget(context: context, number: $0).run() })
        }
    )
}

/// Starts tasks that throw, and awaits none of them.
private struct FireAndForget: Sendable {
    let context: ScenarioContext
    let number: Int

    private struct Lost: Error {}

    func run() async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        // Only for the end of the scenario: it takes along what is still under way.
        var latest: Task<Void, any Error>?
        defer { latest?.cancel() }
        while !Task.isCancelled, !context.isEnding {
            let (delay, spread) = context.settings.delay
            let time = max(random.duration(around: delay, spread: spread), .milliseconds(1))
            latest = context.forget {
                try await context.runtime.sleep(for: time / 2)
                context.losses.add()
                throw Lost()
            }
            guard (try? await context.runtime.sleep(for: time)) != nil else { return }
        }
    }
}
