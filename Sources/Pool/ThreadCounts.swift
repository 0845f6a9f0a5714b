// SPDX-License-Identifier: Apache-2.0

/// Three counts in one word, so that they change together: .NET's layout and words.
///
/// `processing` is the number of workers that work or have been released to; `existing` the number
/// of threads; `goal` how many should work at once.
package struct ThreadCounts: Equatable, Sendable {
    /// Most threads there can be (Int16.max, as in .NET).
    package static let limit = 32767

    package var word: UInt64

    package init(word: UInt64) {
        self.word = word
    }

    package init(processing: Int, existing: Int, goal: Int) {
        word = 0
        self.processing = processing
        self.existing = existing
        self.goal = goal
    }

    package var processing: Int {
        get { lane(0) }
        set { set(0, newValue) }
    }

    package var existing: Int {
        get { lane(16) }
        set { set(16, newValue) }
    }

    package var goal: Int {
        get { lane(32) }
        set { set(32, newValue) }
    }

    private func lane(_ shift: UInt64) -> Int { Int(word >> shift & 0xffff) }

    private mutating func set(_ shift: UInt64, _ value: Int) {
        precondition(value >= 0 && value <= ThreadCounts.limit, "A thread count is out of range.")
        word = word & ~(0xffff << shift) | UInt64(value) << shift
    }

    /// What releasing one more worker takes.
    package enum Addition: Equatable, Sendable {
        /// As many work as the goal allows.
        case none
        /// A worker that exists is released.
        case release
        /// A thread has to be created.
        case create
    }

    /// Counts one more worker in, if the goal allows it.
    package mutating func addWorking() -> Addition {
        guard processing < goal else { return .none }
        processing += 1
        guard processing > existing else { return .release }
        existing += 1
        return .create
    }

    /// Counts a worker in again that has counted itself out and found more work.
    ///
    /// Not if a release is on its way to every worker that is out, this one included.
    package mutating func comeBack() -> Bool {
        guard processing < goal, processing < existing else { return false }
        processing += 1
        return true
    }

    /// A worker above the goal stops after its item.
    ///
    /// Returns whether this one does.
    package mutating func stopIfAboveGoal() -> Bool {
        guard processing > goal else { return false }
        processing -= 1
        return true
    }

    /// An idle worker has waited long enough.
    ///
    /// It may go unless a release is on its way to it.
    package mutating func timeOut(minimum: Int) -> Bool {
        guard existing > processing else { return false }
        existing -= 1
        goal = max(minimum, min(existing, goal))
        return true
    }
}
