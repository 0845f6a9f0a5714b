// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Telemetry

/// The contexts of all threads that call one runtime: its own, and others at their first call.
final class ThreadContexts: Sendable {
    let lanes = LaneRegistry()
    private let own = Lock<[ObjectIdentifier: ThreadContext]>([:])
    private let foreign = Lock<[UInt32: ThreadContext]>([:])

    /// The calling thread's context, if it is a thread of this runtime.
    @inline(__always)
    var ownCurrent: ThreadContext? {
        guard let word = unsafe ThreadLocal.word else { return nil }
        let context = unsafe Unmanaged<ThreadContext>.fromOpaque(word).takeUnretainedValue()
        return context.contexts == ObjectIdentifier(self) ? context : nil
    }

    /// The calling thread's context, whoever's thread it is.
    @inline(__always)
    var current: ThreadContext { ownCurrent ?? foreignCurrent }

    /// Threads of others are known by number; they keep their context as long as the runtime lives.
    @inline(never)
    private var foreignCurrent: ThreadContext {
        let number = ThreadLocal.number
        if let known = foreign.withLock({ $0[number] }) { return known }
        let lane = lanes.make(kind: .other, number: Int(number))
        let context = ThreadContext(contexts: self, lane: lane)
        foreign.withLock { $0[number] = context }
        return context
    }

    /// On a new thread of this runtime, before its first work.
    func attach(_ context: ThreadContext) {
        own.withLock { $0[ObjectIdentifier(context)] = context }
        context.attach()
    }

    /// On the thread, after its last work.
    func detach() {
        guard let context = ownCurrent else { return }
        ThreadContext.detach()
        lanes.retire(context.lane)
        own.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(context)) }
    }
}
