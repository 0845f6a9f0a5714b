// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Thousands of operations in flight, and (almost) no thread.
    package static let nothread = Scenario(
        name: "nothread",
        group: .picture,
        summary: "There is (almost) no thread: thousands of reads and timers in flight.",
        whatToLookFor: """
            Each client is a pair of sockets, one end of which awaits a read; beside them machines \
            sleep. The caption is the meter: operations that wait, against threads that were \
            occupied on their behalf. Select a machine and press Enter: of its whole life it spent \
            a few microseconds on a thread. Raise the clients: memory grows by a kilobyte or two \
            for each, the number of threads stays. Where is the thread that waits for the read? \
            There is none: the kernel has a mark at the socket, and one poller asks it for all.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then +", effect: "more reads in flight, the same threads"),
            KeyHint(key: "4 then Enter", effect: "one machine: time on a thread, time waiting"),
        ],
        defaults: .clients(2000, delay: .seconds(10), spread: .seconds(5)),
        clients: .connections,
        caption: { snapshot, _ in
            let waiting = snapshot.port.armed + snapshot.port.timers
            let busy =
                (snapshot.detail?.workers.map(\.busyPercent) ?? [])
                + (snapshot.detail?.pollers.map(\.busyPercent) ?? [])
            let occupied = (busy.reduce(0, +) / 10).rounded() / 10
            return "\(waiting) operations wait; \(occupied) of \(snapshot.process.threads) threads "
                + "are busy on their behalf."
        },
        stage: { (context, address) throws(OperationError) in
            let listener = try context.runtime.listen(on: address ?? .loopback(port: 0))
            let route = FanoutRoute(listening: listener.address)
            return Stage(
                listener: listener,
                background: [
                    { await SilentServer(context: context, listener: listener).accept() },
                    { await sleepers(context) },
                ],
                client: { await Listener(context: context, route: route, number: $0).connect() }
            )
        }
    )

    private static func sleepers(_ context: ScenarioContext) async {
        await withDiscardingTaskGroup { group in
            for number in 0..<1000 {
                group.addTask { await SleepingMachine(context: context, number: number).tick() }
            }
        }
    }
}

/// Says a word to each connection now and then.
private struct SilentServer: Sendable {
    let context: ScenarioContext
    let listener: AsyncListener

    func accept() async {
        await withDiscardingTaskGroup { connections in
            var number = 0
            while !Task.isCancelled {
                do throws(OperationError) {
                    let socket = try await listener.accept()
                    number += 1
                    connections.addTask { [number] in await speak(on: socket, number) }
                } catch {
                    context.note(error)
                    guard error != .closed else { break }
                    guard (try? await context.runtime.sleep(for: .milliseconds(100))) != nil
                    else { break }
                }
            }
            connections.cancelAll()
        }
    }

    private func speak(on socket: AsyncSocket, _ number: Int) async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        defer { socket.close() }
        do throws(OperationError) {
            while true {
                let (delay, spread) = context.settings.delay
                let time = random.duration(around: delay, spread: spread)
                try await context.runtime.sleep(for: max(time, .milliseconds(1)))
                try await socket.write([UInt8(ascii: "!")])
            }
        } catch {
            // The peer left or the scenario ends.
        }
    }
}

/// Awaits what the server says.
private struct Listener: Sendable {
    let context: ScenarioContext
    let route: FanoutRoute
    let number: Int

    func connect() async {
        do throws(OperationError) {
            let socket = try await context.runtime.connect(
                to: route.server,
                from: route.source(ofClient: number)
            )
            defer { socket.close() }
            while true {
                let begin = context.elapsed
                let buffer = try await socket.read()
                if buffer.count == 0 { return }
                context.ledger.complete(after: context.elapsed - begin, hint: number)
            }
        } catch {
            context.note(error)
        }
    }
}
