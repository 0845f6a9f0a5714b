// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// What one thread says about itself: counters, state, events. Written by that thread alone.
///
/// Access rule: `open`, `count`, `tally`, `closeSection`, `setState`, `record` belong to the owning
/// thread; `drain…` and the state's getters may be called by the sampler.
// INVARIANT: the banks are atomics; the pointers are set in init and freed in deinit.
@usableFromInline @safe package final class ThreadLane: @unchecked Sendable {
    /// What kind of thread owns the lane.
    package enum Kind: String, Sendable {
        case poller, worker, scheduler, other
    }

    package let kind: Kind
    /// Number within its kind, as in the thread's name.
    package let number: Int
    /// Dense number among all lanes of the runtime; given again after a thread has ended.
    package let index: Int
    @usableFromInline let epoch: CounterEpoch
    @usableFromInline let active = Atomic<UInt32>(0)
    @usableFromInline let stateWord = Atomic<UInt64>(0)
    @usableFromInline let busySince = Atomic<UInt64>(0)
    @usableFromInline let userSince = Atomic<UInt64>(0)
    /// Number of the state machine that the thread runs; 0 for none.
    @usableFromInline package let machine = Atomic<UInt64>(0)
    /// The newest events of `Hop`.
    @usableFromInline package let events: EventRing
    @usableFromInline let counters: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let tallies: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let progress: UnsafeMutablePointer<Atomic<Int>>

    @inlinable static var counterStride: Int { 32 }
    @inlinable static var tallyStride: Int { Tally.count * Tally.rows }

    package init(
        kind: Kind,
        number: Int,
        index: Int,
        epoch: CounterEpoch,
        eventCapacity: Int = 512
    ) {
        precondition(Counter.allCases.count <= ThreadLane.counterStride)
        precondition(Tally.allCases.count == Tally.count)
        self.kind = kind
        self.number = number
        self.index = index
        self.epoch = epoch
        events = EventRing(capacity: eventCapacity)
        unsafe counters = unsafe ThreadLane.zeros(2 * ThreadLane.counterStride)
        unsafe tallies = unsafe ThreadLane.zeros(2 * ThreadLane.tallyStride)
        unsafe progress = unsafe ThreadLane.zeros(Progress.allCases.count)
    }

    deinit {
        unsafe counters.deallocate()
        unsafe tallies.deallocate()
        unsafe progress.deallocate()
    }

    /// Cache-line aligned, so that two threads' counters never share a line.
    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
        unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: count * 8)
        return unsafe raw.assumingMemoryBound(to: Atomic<Int>.self)
    }

    // MARK: Counting, by the owner

    /// An open section: everything counted in it belongs to one epoch.
    @usableFromInline
    package struct Section: ~Copyable {
        @usableFromInline let bank: Int

        @inlinable
        init(bank: Int) { self.bank = bank }
    }

    /// Opens a section.
    ///
    /// It must be closed soon, without waiting for anybody.
    @inline(__always)
    @inlinable
    package func open() -> Section {
        // Sequentially consistent; see the table of `CounterEpoch`.
        let before = active.exchange(1, ordering: .sequentiallyConsistent)
        assert(before == 0, "A counting section was opened inside another.")
        return Section(bank: Int(truncatingIfNeeded: epoch.current & 1))
    }

    /// Closes the section.
    @inline(__always)
    @inlinable
    package func close(_ section: consuming Section) {
        active.store(0, ordering: .releasing)
    }

    /// Adds inside a section.
    @inline(__always)
    @inlinable
    package func count(_ counter: Counter, _ delta: Int = 1, in section: borrowing Section) {
        unsafe ThreadLane.add(
            delta,
            to: counters + (section.bank * ThreadLane.counterStride + counter.rawValue)
        )
    }

    /// Adds to a table inside a section.
    @inline(__always)
    @inlinable
    package func tally(_ tally: Tally, row: Int, _ delta: Int, in section: borrowing Section) {
        let row = min(row, Tally.rows - 1)
        unsafe ThreadLane.add(
            delta,
            to: tallies
                + (section.bank * ThreadLane.tallyStride + tally.rawValue * Tally.rows + row)
        )
    }

    /// Adds to one counter in a section of its own.
    @inline(__always)
    @inlinable
    package func count(_ counter: Counter, _ delta: Int = 1) {
        let section = open()
        count(counter, delta, in: section)
        close(section)
    }

    /// Advances what only grows.
    ///
    /// No section needed.
    @inline(__always)
    @inlinable
    package func advance(_ item: Progress, by delta: Int = 1) {
        unsafe ThreadLane.add(delta, to: progress + item.rawValue)
    }

    /// How far it has grown since the thread began.
    package func progress(_ item: Progress) -> Int {
        unsafe progress[item.rawValue].load(ordering: .relaxed)
    }

    /// Single writer: a relaxed load and store, no read-modify-write.
    @inline(__always)
    @inlinable
    static func add(_ delta: Int, to word: UnsafeMutablePointer<Atomic<Int>>) {
        let sum = unsafe word.pointee.load(ordering: .relaxed) &+ delta
        unsafe word.pointee.store(sum, ordering: .relaxed)
    }

    /// Starts to count time as busy.
    @inline(__always)
    @inlinable
    package func beginBusy(at nanoseconds: UInt64) {
        busySince.store(nanoseconds, ordering: .relaxed)
    }

    /// Ends a busy time and adds it up.
    @inline(__always)
    @inlinable
    package func endBusy(at nanoseconds: UInt64) {
        let since = busySince.load(ordering: .relaxed)
        guard since != 0 else { return }
        busySince.store(0, ordering: .relaxed)
        advance(.busyNanoseconds, by: Int(nanoseconds &- min(since, nanoseconds)))
    }

    /// Busy time up to `now`, a busy time that has not ended included.
    package func busyNanoseconds(at now: UInt64) -> Int {
        let since = busySince.load(ordering: .relaxed)
        return progress(.busyNanoseconds) + (since == 0 || since > now ? 0 : Int(now - since))
    }

    /// User code begins on a poller.
    @inline(__always)
    @inlinable
    package func beginUser(at nanoseconds: UInt64) {
        userSince.store(nanoseconds, ordering: .relaxed)
    }

    /// User code has ended, if there was any; adds its time up.
    @inline(__always)
    @inlinable
    package func endUser(at nanoseconds: UInt64) {
        let since = userSince.load(ordering: .relaxed)
        guard since != 0 else { return }
        userSince.store(0, ordering: .relaxed)
        advance(.userNanoseconds, by: Int(nanoseconds &- min(since, nanoseconds)))
    }

    /// Time of user code up to `now`, that which has not ended included.
    package func userNanoseconds(at now: UInt64) -> Int {
        let since = userSince.load(ordering: .relaxed)
        return progress(.userNanoseconds) + (since == 0 || since > now ? 0 : Int(now - since))
    }

    // MARK: State, by the owner

    /// Sets the state and since when, in one word.
    @inline(__always)
    @inlinable
    package func setState(_ state: UInt8, at nanoseconds: UInt64) {
        stateWord.store(
            UInt64(state) << 56 | (nanoseconds & 0x00ff_ffff_ffff_ffff),
            ordering: .releasing
        )
    }

    /// The state and since when, as the owner last set it.
    package var state: (value: UInt8, since: UInt64) {
        let word = stateWord.load(ordering: .acquiring)
        return (UInt8(truncatingIfNeeded: word >> 56), word & 0x00ff_ffff_ffff_ffff)
    }

    // MARK: Reading, by the sampler

    /// Waits until no section of the closed epoch is open.
    ///
    /// `pause` is called while it waits.
    package func awaitQuiescence(pause: () -> Void) {
        while active.load(ordering: .sequentiallyConsistent) != 0 { pause() }
    }

    /// Adds the closed bank to `sums` and clears it.
    package func drainCounters(ofEpoch epoch: UInt64, into sums: inout [Int]) {
        let base = Int(truncatingIfNeeded: epoch & 1) * ThreadLane.counterStride
        for counter in Counter.allCases {
            let word = unsafe counters + (base + counter.rawValue)
            sums[counter.rawValue] += unsafe word.pointee.load(ordering: .relaxed)
            unsafe word.pointee.store(0, ordering: .relaxed)
        }
    }

    /// Adds the first `rows` rows of a table's closed bank to `sums` and clears them.
    package func drainTally(
        _ tally: Tally,
        rows: Int,
        ofEpoch epoch: UInt64,
        into sums: inout [Int]
    ) {
        let base =
            Int(truncatingIfNeeded: epoch & 1) * ThreadLane.tallyStride
            + tally.rawValue * Tally.rows
        for row in 0..<min(rows, Tally.rows) {
            let word = unsafe tallies + (base + row)
            sums[row] += unsafe word.pointee.load(ordering: .relaxed)
            unsafe word.pointee.store(0, ordering: .relaxed)
        }
    }
}
