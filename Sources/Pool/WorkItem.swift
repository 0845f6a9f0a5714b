// SPDX-License-Identifier: Apache-2.0

/// One unit of work in two words: a Swift job, or a closure with its context.
///
/// Two words rather than a box, so that a queue slot holds the item itself and nothing of ours is
/// allocated for it. Whoever takes an item out of a queue owns it and runs it exactly once.
// INVARIANT: the words of a closure carry one reference to its context, taken by `init` and given up
// by `run`; an item is run once.
@safe package struct WorkItem: @unchecked Sendable {
    /// The job's bits, or the closure's function.
    let first: UInt
    /// `jobMark`, or the closure's context, which is aligned and so never equals the mark.
    let second: UInt

    private static let jobMark: UInt = 1

    private struct Closure {
        let body: @Sendable () -> Void
    }

    init(first: UInt, second: UInt) {
        self.first = first
        self.second = second
    }

    /// The item's two words, for one who carries them for a while and makes the item again, once.
    package var words: (UInt, UInt) { (first, second) }

    /// The item that `words` came from.
    package init(words: (UInt, UInt)) {
        first = words.0
        second = words.1
    }

    /// Gives up an item that is not going to be run.
    ///
    /// A job cannot be given up; it stays unrun.
    package func discard() {
        if jobBits == nil { _ = takeClosure() }
    }

    /// A job, given by its bits.
    package init(jobBits: UInt) {
        first = jobBits
        second = WorkItem.jobMark
    }

    /// A closure.
    package init(_ body: consuming @escaping @Sendable () -> Void) {
        // The two words of a thick function value, moved out of typed memory with their reference.
        let closure = Closure(body: body)
        self = unsafe withUnsafeTemporaryAllocation(of: Closure.self, capacity: 1) { memory in
            guard let base = memory.baseAddress else { preconditionFailure() }
            unsafe base.initialize(to: closure)
            let words = UnsafeRawPointer(base)
            return unsafe WorkItem(
                first: words.load(as: UInt.self),
                second: words.load(fromByteOffset: 8, as: UInt.self)
            )
        }
    }

    /// The job's bits, if it is a job.
    @inline(__always)
    var jobBits: UInt? { second == WorkItem.jobMark ? first : nil }

    /// Calls the closure and gives up its context.
    ///
    /// Only for items that are no jobs, once.
    @inline(__always)
    func callClosure() {
        takeClosure().body()
    }

    @inline(__always)
    private func takeClosure() -> Closure {
        unsafe withUnsafeTemporaryAllocation(
            of: Closure.self,
            capacity: 1
        ) { memory -> Closure in
            guard let base = memory.baseAddress else { preconditionFailure() }
            let words = UnsafeMutableRawPointer(base)
            unsafe words.storeBytes(of: first, as: UInt.self)
            unsafe words.storeBytes(of: second, toByteOffset: 8, as: UInt.self)
            return unsafe base.move()
        }
    }
}
