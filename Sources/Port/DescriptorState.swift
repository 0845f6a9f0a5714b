// SPDX-License-Identifier: Apache-2.0

package import DequeModule

/// What a port knows of one registered descriptor: a pure value, guarded by its registration.
///
/// epoll reports each edge once. So an edge that nobody waits for is remembered, and a direction is
/// `drained` only after a call that left nothing, with no edge since. At most one thread performs
/// the calls of a direction at a time; it performs for the head of the queue, without the lock, and
/// reports back with ``performed(_:_:)``, which says what to do next.
package struct DescriptorState: Sendable {
    /// What the performer must do after its call.
    package enum Next: Equatable, Sendable {
        /// Call again, for this operation.
        case perform(UInt32)
        /// The direction is left to the next edge or submitter.
        case rest
    }

    /// What the performer's call did.
    package enum Performed: Sendable {
        /// The head is complete; `drained` where the call left nothing behind.
        case completed(drained: Bool)
        /// It would have had to wait.
        case wouldBlock
    }

    /// What becomes of an operation that was handed in.
    package enum Submission: Equatable, Sendable {
        /// The submitter performs it.
        case perform
        /// It waits for its turn or for an edge.
        case wait
        /// The descriptor is closed or closing.
        case reject
    }

    package struct Side: Sendable {
        package var waiting = Deque<UInt32>()
        package var isPerforming = false
        /// A performer without an operation in the queue: a caller tries before it suspends.
        package var isTrying = false
        /// Nothing to gain from a call until there is an edge.
        package var isDrained = false
        /// An edge came while a call was being performed.
        package var edgeSince = false
        /// The end of the stream was announced: a call never leaves nothing behind from here on.
        package var hasEnded = false
        /// The head was ended from outside while its call was being performed.
        package var headEnded: EndReason?
    }

    package private(set) var isClosing = false
    /// Threads that may use the descriptor's number right now.
    package private(set) var users = 0
    package var read = Side()
    package var write = Side()

    /// - Parameter isHeld: whether its maker uses the number until ``letGo()``.
    package init(isHeld: Bool = false) {
        users = isHeld ? 1 : 0
    }

    /// The maker is done with the number.
    package mutating func letGo() {
        users -= 1
    }

    package subscript(direction: Direction) -> Side {
        get { direction == .read ? read : write }
        _modify {
            if direction == .read { yield &read } else { yield &write }
        }
    }

    /// A caller wants to try its call without an operation.
    ///
    /// It must report back by `tried`.
    package mutating func beginTry(_ direction: Direction) -> Bool {
        let side = self[direction]
        guard !isClosing, !side.isPerforming, !side.isDrained, side.waiting.isEmpty else {
            return false
        }
        self[direction].isPerforming = true
        self[direction].isTrying = true
        users += 1
        return true
    }

    /// The caller's try is over.
    ///
    /// Operations may have queued up behind it.
    package mutating func tried(_ direction: Direction, _ result: Performed) -> Next {
        self[direction].isTrying = false
        return settle(direction, result)
    }

    /// The caller's try is over, but not its call: what is left of it became the operation `slot`,
    /// which goes before all that queued up behind the try.
    ///
    /// `nil` where the caller has given the rest up.
    package mutating func tried(_ direction: Direction, leaving slot: UInt32?) -> Next {
        if let slot { self[direction].waiting.prepend(slot) }
        return tried(direction, .wouldBlock)
    }

    /// An operation is handed in.
    package mutating func submit(_ slot: UInt32, _ direction: Direction) -> Submission {
        if isClosing { return .reject }
        self[direction].waiting.append(slot)
        if self[direction].isPerforming || self[direction].isDrained { return .wait }
        self[direction].isPerforming = true
        users += 1
        return .perform
    }

    /// epoll reported an edge.
    ///
    /// Returns the operation to perform, if any waits.
    ///
    /// The last bytes and the end of a stream may come in one edge. The call that takes those bytes
    /// must not leave the direction drained: no second edge would tell of the end.
    package mutating func edge(_ direction: Direction, isEnd: Bool = false) -> UInt32? {
        if isClosing { return nil }
        if isEnd { self[direction].hasEnded = true }
        if self[direction].isPerforming {
            self[direction].edgeSince = true
            return nil
        }
        self[direction].isDrained = false
        guard let head = self[direction].waiting.first else { return nil }
        self[direction].isPerforming = true
        users += 1
        return head
    }

    /// The performer's call for the head is over.
    ///
    /// Returns how the head was ended, if it must be completed from outside now, and what is next.
    package mutating func performed(
        _ direction: Direction,
        _ result: Performed
    ) -> (ended: EndReason?, next: Next) {
        precondition(self[direction].isPerforming && !self[direction].waiting.isEmpty)
        var ended: EndReason?
        switch result {
        case .completed:
            self[direction].waiting.removeFirst()
            self[direction].headEnded = nil
        case .wouldBlock:
            if isClosing { self[direction].headEnded = .closed }
            if let reason = self[direction].headEnded {
                ended = reason
                self[direction].waiting.removeFirst()
                self[direction].headEnded = nil
            }
        }
        return (ended, settle(direction, result))
    }

    private mutating func settle(_ direction: Direction, _ result: Performed) -> Next {
        switch result {
        case .completed(let drained):
            self[direction].isDrained = drained && !self[direction].hasEnded
        case .wouldBlock: self[direction].isDrained = true
        }
        if self[direction].edgeSince {
            self[direction].edgeSince = false
            self[direction].isDrained = false
        }
        if let head = self[direction].waiting.first, !self[direction].isDrained || isClosing {
            return .perform(head)
        }
        self[direction].isPerforming = false
        users -= 1
        return .rest
    }

    /// Ends a waiting operation from outside.
    ///
    /// Returns whether the caller must complete it now; if not, it is either gone already or its
    /// performer will.
    package mutating func end(
        _ slot: UInt32,
        _ direction: Direction,
        _ reason: EndReason
    ) -> Bool {
        guard let index = self[direction].waiting.firstIndex(of: slot) else { return false }
        if index == 0, self[direction].isPerforming, !self[direction].isTrying {
            if self[direction].headEnded == nil { self[direction].headEnded = reason }
            return false
        }
        self[direction].waiting.remove(at: index)
        return true
    }

    /// Closes: returns the operations that the caller must complete as closed.
    ///
    /// Those whose call is being performed are left to their performer.
    package mutating func close() -> [UInt32] {
        guard !isClosing else { return [] }
        isClosing = true
        var ended: [UInt32] = []
        for direction in [Direction.read, .write] {
            let keepHead = self[direction].isPerforming && !self[direction].isTrying
            let keep = keepHead ? 1 : 0
            ended.append(contentsOf: self[direction].waiting.dropFirst(keep))
            self[direction].waiting.removeLast(self[direction].waiting.count - keep)
        }
        return ended
    }

    /// Whether the number may be given back to the kernel.
    package var mayRelease: Bool { isClosing && users == 0 }
}
