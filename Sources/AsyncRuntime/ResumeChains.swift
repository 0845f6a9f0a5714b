// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Telemetry

/// The distinct chains of resume functions that tasks have been seen with, and the ways from one to
/// the next.
///
/// A program has few: a task is suspended in one of some dozens of ways, a million times over. So a
/// machine's slot holds the number of its chain, and how many machines are in which state is counted
/// exactly, by the threads themselves, in their tallies.
final class ResumeChains: Sendable {
    /// Most frames of a chain that are kept, the innermost ones.
    static let frameLimit = 12
    /// Stands for having ended where a chain is asked for.
    static let done = UInt16.max
    /// Nothing was captured yet.
    static let nothing = 0

    /// A way from one chain to another.
    struct Transition: Equatable, Sendable {
        var from: UInt16
        var to: UInt16
    }

    /// The executable's first byte, at hand.
    private let base = FrameCapture.base
    private let chains = RowTable<Capture>(nothing: Capture())
    private let transitions = RowTable<Transition>(nothing: Transition(from: 0, to: 0))
    /// How long machines were suspended, by chain.
    let waits: WaitTimes
    private let uncountedWaits: Uncounted<WaitTimes>

    init() {
        waits = WaitTimes()
        uncountedWaits = Uncounted(waits)
    }

    /// Enters for how long a machine was suspended in a chain.
    @inline(__always)
    func record(_ nanoseconds: UInt64, chain: Int, lane: ThreadLane) {
        uncountedWaits.with { $0.record(nanoseconds, functionRow: chain, lane: lane) }
    }

    /// The frames of a task, at most ``frameLimit``; functions of libraries stand for themselves only
    /// by ``FrameCapture/elsewhere``, several in a row as one.
    struct Capture: Sendable {
        /// Innermost first.
        fileprivate(set) var all: [UInt32] = []
        /// Whether the task has not run yet, and the only frame is that of the function it starts.
        fileprivate(set) var isStart = false
    }

    /// The hash of a chain, made frame by frame.
    ///
    /// A chain that has a row is not written down again.
    private struct Walk {
        private(set) var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        private var last: UInt32 = 0
        private var count = 0

        /// Adds a frame; returns whether it is part of the chain.
        @inline(__always)
        @discardableResult
        mutating func append(_ frame: UInt32) -> Bool {
            let isRepeated = frame == FrameCapture.elsewhere && frame == last
            guard !isRepeated, count < ResumeChains.frameLimit else { return false }
            last = frame
            count += 1
            hash = (hash ^ UInt64(frame)) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 29
            return true
        }
    }

    var allChains: [Capture] { chains.all }
    var allTransitions: [Transition] { transitions.all }
    /// Chains, and ways between them, that came too late for a row of their own; at least so many.
    var lateCounts: (chains: Int, ways: Int) { (chains.lateCount, transitions.lateCount) }
    /// Rows that are in use in the tallies of chains and of transitions.
    var rowCount: Int { max(chains.count, transitions.count) }

    /// The number of the chain in which a task is suspended, or will start.
    ///
    /// Only on the task's own thread, inside a continuation's body, or at `enqueue`.
    @inline(__always)
    func number(of task: UInt, isBody: Bool) -> Int {
        var walk = Walk()
        forEachFrame(of: task, isBody: isBody) { walk.append($0) }
        return chains.row(hash: walk.hash) { capture(of: task, isBody: isBody) }
    }

    /// Writes a chain down, on the way that has been walked just before.
    @inline(never)
    private func capture(of task: UInt, isBody: Bool) -> Capture {
        var walk = Walk()
        var capture = Capture()
        forEachFrame(of: task, isBody: isBody) { frame in
            if walk.append(frame) { capture.all.append(frame) }
        }
        return capture
    }

    @inline(__always)
    private func forEachFrame(of task: UInt, isBody: Bool, _ body: (UInt32) -> Void) {
        let base = base
        // Inside the body of a continuation the function that runs has not been left yet: the one
        // with which the task goes on is the first of the chain, and the other word is an older one.
        let first = isBody ? 0 : TaskLayout.resumeFunction(task)
        if first != 0 { body(FrameCapture.encode(first, from: base)) }
        var isFirst = true
        TaskLayout.forEachFrame(task, limit: 2 * ResumeChains.frameLimit) { resume in
            if !isFirst || resume != first { body(FrameCapture.encode(resume, from: base)) }
            isFirst = false
        }
    }

    /// The number of the chain of a task that has not run yet.
    func number(ofStart function: UInt) -> Int {
        var walk = Walk()
        let frame = FrameCapture.encode(function, from: base)
        walk.append(frame)
        return chains.row(hash: ~walk.hash) { Capture(all: [frame], isStart: true) }
    }

    /// The row of a way in the tallies.
    @inline(__always)
    func transition(from: Int, to: Int) -> Int {
        let transition = Transition(
            from: UInt16(truncatingIfNeeded: from),
            to: UInt16(truncatingIfNeeded: to)
        )
        let key = UInt64(transition.from) << 16 | UInt64(transition.to)
        var hash = (key &+ 1) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 32
        hash = hash &* 0xff51_afd7_ed55_8ccd
        return transitions.row(hash: hash) { transition }
    }
}
