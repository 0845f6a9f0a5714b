// SPDX-License-Identifier: Apache-2.0

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

    private let chains = RowTable<Capture>(nothing: Capture())
    private let transitions = RowTable<Transition>(nothing: Transition(from: 0, to: 0))
    /// How long machines were suspended, by chain.
    let waits = WaitTimes()

    /// The frames of a task, at most ``frameLimit``; functions of libraries stand for themselves only
    /// by ``FrameCapture/elsewhere``, several in a row as one.
    struct Capture: Sendable {
        private(set) var frames = InlineArray<12, UInt32>(repeating: 0)
        private(set) var count = 0
        private(set) var hash: UInt64 = 0x9e37_79b9_7f4a_7c15

        /// Whether the task has not run yet, and the only frame is that of the function it starts.
        var isStart = false

        @inline(__always)
        mutating func append(_ address: UInt) {
            let frame = FrameCapture.encode(address)
            guard count < ResumeChains.frameLimit else { return }
            if frame == FrameCapture.elsewhere, count > 0,
                frames[count - 1] == FrameCapture.elsewhere
            {
                return
            }
            frames[count] = frame
            count += 1
            hash = (hash ^ UInt64(frame)) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 29
        }

        var all: [UInt32] { (0..<count).map { frames[$0] } }
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
        var capture = Capture()
        // Inside the body of a continuation the function that runs has not been left yet: the one
        // with which the task goes on is the first of the chain, and the other word is an older one.
        let first = isBody ? 0 : TaskLayout.resumeFunction(task)
        if first != 0 { capture.append(first) }
        var isFirst = true
        TaskLayout.forEachFrame(task, limit: 2 * ResumeChains.frameLimit) { resume in
            if !isFirst || resume != first { capture.append(resume) }
            isFirst = false
        }
        return chains.row(hash: capture.hash) { capture }
    }

    /// The number of the chain of a task that has not run yet.
    func number(ofStart function: UInt) -> Int {
        var capture = Capture()
        capture.isStart = true
        capture.append(function)
        return chains.row(hash: ~capture.hash) { capture }
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
