// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

/// A state machine of `timers`: it sleeps, wakes and sleeps again.
struct SleepingMachine: Sendable {
    let context: ScenarioContext
    let number: Int

    /// One machine's life, until its task is cancelled.
    func tick() async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        // All machines start at once; the first sleep spreads them over one delay.
        var time = context.settings.delay.delay * Double.random(in: 0..<1, using: &random)
        do throws(OperationError) {
            while !Task.isCancelled {
                try await context.runtime.sleep(for: max(time, SleepingMachine.shortestSleep))
                let (delay, spread) = context.settings.delay
                time = random.duration(around: delay, spread: spread)
            }
        } catch {
            // Cancelled, or the runtime stops or is full: all of them end the machine.
            context.note(error)
        }
    }

    /// With a delay of 0 the machines would not sleep but spin, and starve each other.
    private static let shortestSleep = Duration.milliseconds(1)
}
