// SPDX-License-Identifier: Apache-2.0

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

    /// One of the two directions.
    package struct Side: Sendable {
        package private(set) var waiting = WaitingOperations()
        package private(set) var isPerforming = false
        /// A performer without an operation in the queue: a caller tries before it suspends.
        private var isTrying = false
        /// Nothing to gain from a call until there is an edge.
        private var isDrained = false
        /// An edge came while a call was being performed.
        private var edgeSince = false
        /// The end of the stream was announced: a call never leaves nothing behind from here on.
        private var hasEnded = false
        /// The head was ended from outside while its call was being performed.
        private var headEnded: EndReason?
    }

    package private(set) var isClosing = false
    /// Threads that may use the descriptor's number right now.
    package private(set) var users: Int32 = 0
    private var read = Side()
    private var write = Side()

    /// - Parameter isHeld: whether its maker uses the number until ``letGo()``.
    package init(isHeld: Bool = false) {
        users = isHeld ? 1 : 0
    }

    /// The maker is done with the number.
    package mutating func letGo() {
        users -= 1
    }

    package subscript(direction: Direction) -> Side {
        direction == .read ? read : write
    }

    /// Changes one side where it is.
    ///
    /// Not a subscript: its accessor would be a coroutine, which this path is too short for.
    @inline(__always)
    private mutating func with<Result>(
        _ direction: Direction,
        _ body: (inout Side) -> Result
    ) -> Result {
        direction == .read ? body(&read) : body(&write)
    }

    /// A caller wants to try its call without an operation.
    ///
    /// It must report back by `tried`.
    package mutating func beginTry(_ direction: Direction) -> Bool {
        guard !isClosing, with(direction, { $0.beginTry() }) else { return false }
        users += 1
        return true
    }

    /// The caller's try is over.
    ///
    /// Operations may have queued up behind it.
    package mutating func tried(_ direction: Direction, _ result: Performed) -> Next {
        let isClosing = isClosing
        return resting(
            with(direction) { side in
                side.endTry(leaving: nil)
                return side.settle(result, isClosing: isClosing)
            }
        )
    }

    /// The caller's try is over, but not its call: what is left of it became the operation `slot`,
    /// which goes before all that queued up behind the try.
    ///
    /// `nil` where the caller has given the rest up.
    package mutating func tried(_ direction: Direction, leaving slot: UInt32?) -> Next {
        let isClosing = isClosing
        return resting(
            with(direction) { side in
                side.endTry(leaving: slot)
                return side.settle(.wouldBlock, isClosing: isClosing)
            }
        )
    }

    /// An operation is handed in.
    package mutating func submit(_ slot: UInt32, _ direction: Direction) -> Submission {
        if isClosing { return .reject }
        guard with(direction, { $0.submit(slot) }) else { return .wait }
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
        guard !isClosing, let head = with(direction, { $0.edge(isEnd: isEnd) }) else { return nil }
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
        let isClosing = isClosing
        let (ended, next) = with(direction) { side in
            let ended = side.performed(result, isClosing: isClosing)
            return (ended, side.settle(result, isClosing: isClosing))
        }
        return (ended, resting(next))
    }

    /// A performer that rests no longer uses the number.
    @inline(__always)
    private mutating func resting(_ next: Next) -> Next {
        if next == .rest { users -= 1 }
        return next
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
        with(direction) { $0.end(slot, reason) }
    }

    /// Closes: returns the operations that the caller must complete as closed.
    ///
    /// Those whose call is being performed are left to their performer.
    package mutating func close() -> [UInt32] {
        guard !isClosing else { return [] }
        isClosing = true
        return read.close() + write.close()
    }

    /// Whether the number may be given back to the kernel.
    package var mayRelease: Bool { isClosing && users == 0 }
}

extension DescriptorState.Side {
    /// Returns whether there may be something to gain from a call.
    fileprivate mutating func beginTry() -> Bool {
        guard !isPerforming, !isDrained, waiting.isEmpty else { return false }
        isPerforming = true
        isTrying = true
        return true
    }

    fileprivate mutating func endTry(leaving slot: UInt32?) {
        if let slot { waiting.prepend(slot) }
        isTrying = false
    }

    /// Returns whether the submitter is to perform it.
    fileprivate mutating func submit(_ slot: UInt32) -> Bool {
        waiting.append(slot)
        if isPerforming || isDrained { return false }
        isPerforming = true
        return true
    }

    fileprivate mutating func edge(isEnd: Bool) -> UInt32? {
        if isEnd { hasEnded = true }
        if isPerforming {
            edgeSince = true
            return nil
        }
        isDrained = false
        guard let head = waiting.first else { return nil }
        isPerforming = true
        return head
    }

    /// Takes the head out if its call was its end, one way or the other.
    fileprivate mutating func performed(
        _ result: DescriptorState.Performed,
        isClosing: Bool
    ) -> EndReason? {
        precondition(isPerforming && !waiting.isEmpty)
        var ended: EndReason?
        if case .wouldBlock = result {
            ended = isClosing ? .closed : headEnded
            if ended == nil { return nil }
        }
        waiting.removeFirst()
        headEnded = nil
        return ended
    }

    /// What the performer does next; it no longer performs if that is to rest.
    fileprivate mutating func settle(
        _ result: DescriptorState.Performed,
        isClosing: Bool
    ) -> DescriptorState.Next {
        switch result {
        case .completed(let drained): isDrained = drained && !hasEnded
        case .wouldBlock: isDrained = true
        }
        if edgeSince {
            edgeSince = false
            isDrained = false
        }
        if let head = waiting.first, !isDrained || isClosing { return .perform(head) }
        isPerforming = false
        return .rest
    }

    fileprivate mutating func end(_ slot: UInt32, _ reason: EndReason) -> Bool {
        if slot == waiting.first, isPerforming, !isTrying {
            if headEnded == nil { headEnded = reason }
            return false
        }
        return waiting.remove(slot)
    }

    /// Returns those that have to be completed as closed.
    fileprivate mutating func close() -> [UInt32] {
        waiting.removeAll(keepingFirst: isPerforming && !isTrying)
    }
}
