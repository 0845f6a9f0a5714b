// SPDX-License-Identifier: Apache-2.0

/// Keeps as many clients alive as were asked for last.
struct Population: Sendable {
    /// Starts the client with this number.
    let spawn: @Sendable (Int) -> Task<Void, Never>
    /// Whether the runtime stops: then all that clients wait for ends without being cancelled.
    let isStopping: @Sendable () -> Bool

    /// How many clients are started before other tasks get a turn.
    private static let batch = 1000

    /// Follows the numbers asked for, and returns when all clients have ended after the last.
    ///
    /// Clients leave in the order in which they came last. Before the next number is looked at,
    /// those that were told to leave have left, so their descriptors are free again.
    func tend(_ targets: AsyncStream<Int>) async {
        var clients: [Task<Void, Never>] = []
        for await target in targets {
            while clients.count < target, !Task.isCancelled {
                clients.append(spawn(clients.count))
                if clients.count.isMultiple(of: Population.batch) { await Task.yield() }
            }
            await end(&clients, downTo: target)
        }
        await end(&clients, downTo: 0)
    }

    private func end(_ clients: inout [Task<Void, Never>], downTo target: Int) async {
        guard clients.count > target else { return }
        let leaving = clients[target...]
        for client in leaving {
            // One job cancels them all; a runtime that stops must not wait for a hundred thousand.
            if isStopping() { break }
            client.cancel()
        }
        for client in leaving { await client.value }
        clients.removeSubrange(target...)
    }
}
