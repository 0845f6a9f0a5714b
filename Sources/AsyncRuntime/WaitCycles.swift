// SPDX-License-Identifier: Apache-2.0

/// Tasks that wait for each other, each for the next, and none for anybody else: they never go on.
///
/// The waits need not be of one moment. A wait ends with the task that is awaited, and around a cycle
/// that task in turn has waited since: so what was true when it was read still is. That goes for a
/// group as well, since its parent may take other children first, but ends after all of them.
struct WaitCycles {
    /// As many as are named.
    private static let limit = 8

    /// Each from its smallest number on.
    private(set) var cycles: [[UInt32]] = []

    init(_ waits: [StateMachineRegistry.Wait]) {
        let awaited = Dictionary(grouping: waits, by: \.waiter).mapValues { $0.map(\.awaited) }
        var isDone: Set<UInt32> = []
        for start in awaited.keys.sorted() where !isDone.contains(start) {
            walk(from: start, awaited, &isDone)
        }
    }

    /// Depth first, without recursion: a chain of waits may be long.
    private mutating func walk(
        from start: UInt32,
        _ awaited: [UInt32: [UInt32]],
        _ isDone: inout Set<UInt32>
    ) {
        var path = [start]
        var place = [start: 0]
        var next = [0]
        while let task = path.last {
            let index = next[next.count - 1]
            let onward = awaited[task] ?? []
            guard index < onward.count else {
                isDone.insert(task)
                place[task] = nil
                path.removeLast()
                next.removeLast()
                continue
            }
            next[next.count - 1] += 1
            let other = onward[index]
            if let first = place[other] {
                note(Array(path[first...]))
            } else if !isDone.contains(other) {
                place[other] = path.count
                path.append(other)
                next.append(0)
            }
        }
    }

    private mutating func note(_ cycle: [UInt32]) {
        guard cycles.count < WaitCycles.limit,
            let smallest = cycle.indices.min(by: { cycle[$0] < cycle[$1] })
        else { return }
        cycles.append(Array(cycle[smallest...] + cycle[..<smallest]))
    }
}
