// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What a task waits for, and who waits for it: as far as the runtime can know it, and no further.
struct WaitText {
    private let known: RuntimeSnapshot.Waits
    private let awaited: [Int: [RuntimeSnapshot.Waits.Wait]]
    private let waiters: [Int: [Int]]
    /// The sleep that a task has made last.
    private let sleeps: [Int: Int]

    init(_ model: Model) {
        known = model.states.waits
        awaited = Dictionary(grouping: known.waits, by: \.waiter)
        waiters = Dictionary(grouping: known.waits.filter { !$0.isInGroup }, by: \.awaited)
            .mapValues { $0.map(\.waiter) }
        sleeps = Dictionary(
            (model.snapshot?.detail?.machines ?? []).compactMap { row in
                row.context.origin == .sleep ? (row.context.parent, row.number) : nil
            }
        ) { max($0, $1) }
    }

    /// What a machine waits for that is suspended outside of operations; `nil` for any other.
    func awaits(_ row: RuntimeSnapshot.MachineRow) -> String? {
        guard row.state == "suspended" else { return nil }
        let waits = awaited[row.number] ?? []
        if let wait = waits.first(where: { !$0.isInGroup }) { return "awaits #\(wait.awaited)" }
        if !waits.isEmpty {
            return "awaits its group, \(known.isAll ? "" : "at least ")\(waits.count) left"
        }
        // Its frames are those of this very await only where it is a sleep.
        if !row.context.isOfLastRun, let sleep = sleeps[row.number] { return "sleeps in #\(sleep)" }
        guard known.isKnown else { return "what it awaits is not known" }
        return known.isAll ? WaitText.noTask : "awaits no task that was looked at"
    }

    private static let noTask = "awaits no task in sight"

    /// The same, with what it means.
    func sentence(_ row: RuntimeSnapshot.MachineRow) -> String? {
        awaits(row).map { $0 == WaitText.noTask ? "\($0): perhaps an actor or a stream" : $0 }
    }

    /// Who waits for it; `nil` for nobody that is known, or where its parent alone does, which is said
    /// there.
    func awaitedBy(_ row: RuntimeSnapshot.MachineRow) -> String? {
        let others = (waiters[row.number] ?? []).filter {
            !row.context.isChild || $0 != row.context.parent
        }
        guard !others.isEmpty else { return nil }
        let first = others.sorted().prefix(3).map { "#\($0)" }.joined(separator: ", ")
        let more = others.count > 3 ? " and \(others.count - 3) more" : ""
        return "awaited by \(first)\(more)"
    }
}
