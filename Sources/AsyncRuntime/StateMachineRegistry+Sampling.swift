// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

// The sampler's part of the registry: rows for the screen.
extension StateMachineRegistry {
    static func threadName(_ word: UInt32) -> String {
        let number = word & 0xff_ffff
        switch word >> 24 {
        case 1: return "poller-\(number)"
        case 2: return "worker-\(number)"
        case 3: return "other"
        case 4: return SchedulerName(rawValue: UInt8(truncatingIfNeeded: number))?.threadName ?? ""
        default: return ""
        }
    }

    /// The word for a state: the operation's name where it awaits one.
    static func stateName(_ raw: UInt8) -> String {
        switch State(rawValue: raw) {
        case .queued: "queued"
        case .running: "running"
        case .suspended: "suspended"
        case .ended: "ended"
        case .left: "left"
        default: OperationKind(rawValue: raw &- State.waiting.rawValue)?.name ?? "waiting"
        }
    }

    /// What the slot knows beyond the row, and what the task itself says.
    private func context(
        of slot: UInt32,
        _ task: UInt,
        state: UInt8
    ) -> RuntimeSnapshot.MachineContext {
        let memory = unsafe pointer(slot)
        var context = RuntimeSnapshot.MachineContext()
        switch Origin(rawValue: unsafe memory.pointee.origin.load(ordering: .relaxed)) {
        case .task: context.origin = .task
        case .group: context.origin = .group
        case .asyncLet: context.origin = .asyncLet
        case .sleep: context.origin = .sleep
        case .none?, nil: context.origin = .none
        }
        context.parent = Int(unsafe memory.pointee.parent.load(ordering: .relaxed))
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        context.chain = chain == ResumeChains.nothing ? nil : chain
        let start = Int(unsafe memory.pointee.startChain.load(ordering: .relaxed))
        context.startChain = start == ResumeChains.nothing ? nil : start
        let isPresent = unsafe memory.pointee.hasPresentFrames.load(ordering: .relaxed) != 0
        context.isOfLastRun = state == State.suspended.rawValue && !isPresent
        context.priority = Int(unsafe memory.pointee.priority.load(ordering: .relaxed))
        let scheduler = unsafe memory.pointee.scheduler.load(ordering: .relaxed)
        context.scheduler = SchedulerName(rawValue: scheduler)?.rawName ?? ""
        context.isCancelled = isCancelled(slot, task)
        return context
    }

    /// Whether the slot's task is cancelled; `nil` if it ends just now.
    ///
    /// A hazard pointer: the task's end waits while it is named here, see `finish`.
    private func isCancelled(_ slot: UInt32, _ task: UInt) -> Bool? {
        hazard.store(task, ordering: .sequentiallyConsistent)
        defer { hazard.store(0, ordering: .sequentiallyConsistent) }
        let isStill =
            unsafe pointer(slot).pointee.task.load(ordering: .sequentiallyConsistent) == task
        return isStill ? TaskLayout.isCancelled(task) : nil
    }

    /// Rows of machines in flight that are looked for.
    ///
    /// At most `rowLimit`, and besides the one that is pinned and those that are watched; from a walk
    /// over at most `walkLimit` slots, of which `result` tells how far it went, and which counts in
    /// `plain` the machines that have awaited no operation. `functions` are the names that the
    /// compiler's states have, by chain.
    func rows(
        rowLimit: Int,
        walkLimit: Int,
        search: MachineSearch,
        result: inout RuntimeSnapshot.MachineSearchResult,
        plain: inout PlainMachines,
        functions: [String],
        placement: Placement,
        setting: PlacementSetting,
        now: UInt64
    ) -> [RuntimeSnapshot.MachineRow] {
        let known = sites.all
        var rows: [RuntimeSnapshot.MachineRow] = []
        // Those that have a row in any case.
        let wanted = Set(watched.numbers + [UInt32(clamping: search.pinned)]).subtracting([0])
        plain.isAll = limit <= UInt32(walkLimit)
        for slot in 1..<max(1, min(limit, UInt32(walkLimit))) {
            let memory = unsafe pointer(slot)
            let task = unsafe memory.pointee.task.load(ordering: .acquiring)
            guard task != 0 else { continue }
            let number = unsafe memory.pointee.number.load(ordering: .relaxed)
            let word = unsafe memory.pointee.state.load(ordering: .acquiring)
            let site = Int(unsafe memory.pointee.site.load(ordering: .relaxed))
            let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
            if site == 0 {
                let isSuspended = StateMachineRegistry.isSuspended(word)
                plain.count(chain: chain, isSuspended: isSuspended)
            }
            let isWanted = wanted.contains(number)
            // With a question the walk goes on beyond the limit, to count.
            let isSurplus = search.filter.terms.isEmpty && rows.count >= rowLimit
            if isSurplus, !isWanted { continue }
            let started = unsafe memory.pointee.startedAt.load(ordering: .relaxed)
            let since = word & StateMachineRegistry.sinceMask
            let raw = UInt8(truncatingIfNeeded: word >> 56)
            let current = Int(now &- min(since, now))
            var times = (
                running: Int(unsafe memory.pointee.running.load(ordering: .relaxed)),
                queued: Int(unsafe memory.pointee.queued.load(ordering: .relaxed)),
                waiting: Int(unsafe memory.pointee.waiting.load(ordering: .relaxed))
            )
            switch State(rawValue: raw) {
            case .queued: times.queued += current
            case .running: times.running += current
            case .ended, .left: break
            default: times.waiting += current
            }
            // Before its first operation the compiler's state is all that says what it runs.
            let isNamed = site == 0 && functions.indices.contains(chain) && functions[chain] != ""
            let awaits = site < known.sites.count ? known.sites[site].function : ""
            var row = RuntimeSnapshot.MachineRow(
                number: Int(number),
                function: isNamed ? functions[chain] : awaits,
                state: StateMachineRegistry.stateName(raw),
                descriptor: raw >= State.waiting.rawValue
                    ? Int(unsafe memory.pointee.descriptor.load(ordering: .relaxed)) : -1,
                ageMicroseconds: Int((now &- min(started, now)) / 1000),
                sinceMicroseconds: current / 1000,
                runningMicroseconds: times.running / 1000,
                queuedMicroseconds: times.queued / 1000,
                waitingMicroseconds: times.waiting / 1000,
                hops: Int(unsafe memory.pointee.hops.load(ordering: .relaxed)),
                thread: StateMachineRegistry.threadName(
                    unsafe memory.pointee.lastThread.load(ordering: .relaxed)
                ),
                site: site < known.sites.count ? known.sites[site].location : ""
            )
            row.context = context(of: slot, task, state: raw)
            if raw >= State.waiting.rawValue {
                let word = UInt(unsafe memory.pointee.resumption.load(ordering: .relaxed))
                let resumption = Resumption(word: word)
                row.resumesOn = resumption.place(placement, setting)
                row.context.capture = resumption.capture(placement, setting, isOfOperation: true)
            } else if raw == State.suspended.rawValue {
                // Of other awaits the executor takes the scheduler that ran the machine last.
                let last = unsafe memory.pointee.scheduler.load(ordering: .relaxed)
                row.context.capture = Resumption(
                    captured: SchedulerName(rawValue: last),
                    options: []
                ).capture(placement, setting, isOfOperation: false)
            }
            // Still the same machine? Otherwise the row is a mixture of two.
            guard unsafe memory.pointee.number.load(ordering: .acquiring) == number,
                unsafe memory.pointee.task.load(ordering: .acquiring) == task
            else { continue }
            result.looked += 1
            let isSought = search.filter.matches(row)
            if isSought { result.matched += 1 }
            if isWanted || (isSought && rows.count < rowLimit) { rows.append(row) }
        }
        return rows
    }
}
