// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// The contexts of all threads that call one runtime: its own, and others from their first call
/// until they end.
final class ThreadContexts: Sendable {
    let lanes = LaneRegistry()
    /// By the number of the thread.
    private let known = Lock<[UInt32: ThreadContext]>([:])
    /// Names this object in the threads' own words; no other ever has the number.
    private let owner: UInt64

    private static let owners = Atomic<UInt64>(0)

    init() {
        owner = ThreadContexts.owners.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The calling thread's context, if the thread has one and its word names it.
    ///
    /// Of a thread of the runtime it always does; of others as long as they call one runtime only.
    @inline(__always)
    var cached: ThreadContext? {
        guard let word = unsafe ThreadLocal.word(of: owner) else { return nil }
        return unsafe Unmanaged<ThreadContext>.fromOpaque(word).takeUnretainedValue()
    }

    /// Calls `body` with the calling thread's context, without counting a reference to it; `nil`
    /// where ``cached`` is.
    @inline(__always)
    func withCached<Result>(_ body: (ThreadContext) -> Result) -> Result? {
        guard let word = unsafe ThreadLocal.word(of: owner) else { return nil }
        return unsafe Unmanaged<ThreadContext>.fromOpaque(word)._withUnsafeGuaranteedRef(body)
    }

    /// Calls `body` with the calling thread's context, whoever's thread it is, without counting a
    /// reference to it.
    @inline(__always)
    func withCurrent<Result>(_ body: (ThreadContext) -> Result) -> Result {
        let context =
            unsafe ThreadLocal.word(of: owner).map { unsafe Unmanaged.fromOpaque($0) }
            ?? Unmanaged.passUnretained(foreign)
        return unsafe context._withUnsafeGuaranteedRef(body)
    }

    /// The calling thread's context, whoever's thread it is.
    @inline(__always)
    var current: ThreadContext { cached ?? foreign }

    /// A thread of others: known from an earlier call, or new.
    @inline(never)
    private var foreign: ThreadContext {
        let number = ThreadLocal.number
        if let context = known.withLock({ $0[number] }) {
            setWord(context)
            return context
        }
        let context = ThreadContext(lane: lanes.make(kind: .other, number: Int(number)))
        attach(context)
        ThreadEnd.perform { [weak self] in self?.detach() }
        return context
    }

    /// On the context's thread, before its first work.
    func attach(_ context: ThreadContext) {
        known.withLock { $0[ThreadLocal.number] = context }
        setWord(context)
    }

    /// On the thread, after its last work.
    func detach() {
        let context = known.withLock { $0.removeValue(forKey: ThreadLocal.number) }
        guard let context else { return }
        if cached === context { unsafe ThreadLocal.setWord(nil, of: 0) }
        lanes.retire(context.lane)
    }

    private func setWord(_ context: ThreadContext) {
        unsafe ThreadLocal.setWord(Unmanaged.passUnretained(context).toOpaque(), of: owner)
    }
}
