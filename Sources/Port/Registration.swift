// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// A descriptor that is associated with a port, for as long as it is open.
///
/// Registrations live in a table and are used again; the generation in epoll's key tells an event
/// of the present use from a stale one.
package final class Registration: Sendable {
    struct State: Sendable {
        var generation: UInt32 = 0
        var descriptor: Int32 = -1
        var address: SocketAddress?
        var io = DescriptorState()
    }

    /// Position in the table; never 0.
    let index: UInt32
    let state = Lock(State())

    init(index: UInt32) {
        self.index = index
    }
}

/// Names one use of a registration; only for as long as the port lives, which keeps them all.
package struct Association: Sendable {
    private let reference: Uncounted<Registration>
    let generation: UInt32
    package let descriptor: Int32

    init(registration: Registration, generation: UInt32, descriptor: Int32) {
        reference = Uncounted(registration)
        self.generation = generation
        self.descriptor = descriptor
    }

    /// Calls `body` with the registration, without counting a reference to it.
    @inline(__always)
    func withRegistration<Result>(_ body: (Registration) -> Result) -> Result {
        reference.with(body)
    }

    var registration: Registration { reference.counted }
}

/// All registrations of a port, found by number without a lock.
// INVARIANT: an entry is written once, under the lock of `free`, and read with acquiring loads;
// registrations live as long as the table.
@safe final class RegistrationTable: @unchecked Sendable {
    private static let chunkShift = 10
    private static let chunkCapacity = 1 << 12
    /// About as large as the object is.
    private static let registrationBytes = 24 + MemoryLayout<Registration.State>.size

    private struct Free {
        var indices: [UInt32] = []
        var next: UInt32 = 1
        /// Keeps the registrations alive; entries are never removed.
        var all: [Registration] = []
    }

    private let free = Lock(Free())
    private let chunks: UnsafeMutablePointer<Atomic<UInt>>

    init() {
        let bytes = RegistrationTable.chunkCapacity * 8
        let raw = unsafe ZeroedMemory.allocate(byteCount: bytes)
        unsafe chunks = raw.assumingMemoryBound(to: Atomic<UInt>.self)
    }

    deinit {
        for chunk in 0..<RegistrationTable.chunkCapacity {
            let bits = unsafe chunks[chunk].load(ordering: .relaxed)
            if let raw = unsafe UnsafeMutableRawPointer(bitPattern: bits) {
                unsafe ZeroedMemory.free(raw)
            }
        }
        unsafe ZeroedMemory.free(UnsafeMutableRawPointer(chunks))
    }

    /// A registration that nobody uses.
    func take() -> Registration {
        free.withLock { free in
            if let index = free.indices.popLast() { return free.all[Int(index) - 1] }
            let registration = Registration(index: free.next)
            free.next += 1
            free.all.append(registration)
            store(registration)
            return registration
        }
    }

    /// Gives a registration back; its generation has moved on.
    func put(_ registration: Registration) {
        free.withLock { $0.indices.append(registration.index) }
    }

    /// Every registration that was ever made.
    var all: [Registration] { free.withLock { $0.all } }

    /// Calls `body` with the registration of that number, if there is one, without counting a
    /// reference to it.
    @inline(__always)
    func withRegistration(_ index: UInt32, _ body: (Registration) -> Void) {
        guard let entry = unsafe entry(index, make: false) else { return }
        let bits = unsafe entry.pointee.load(ordering: .acquiring)
        guard let raw = unsafe UnsafeRawPointer(bitPattern: bits) else { return }
        unsafe Unmanaged<Registration>.fromOpaque(raw)._withUnsafeGuaranteedRef(body)
    }

    /// Asks for the registration's memory, which is about to be locked.
    @inline(__always)
    func prefetch(_ index: UInt32) {
        guard let entry = unsafe entry(index, make: false) else { return }
        let address = unsafe entry.pointee.load(ordering: .relaxed)
        CacheLines.fetch(address, count: RegistrationTable.registrationBytes)
    }

    /// The registration of that number.
    subscript(index: UInt32) -> Registration? {
        guard let entry = unsafe entry(index, make: false) else { return nil }
        let bits = unsafe entry.pointee.load(ordering: .acquiring)
        guard let raw = unsafe UnsafeRawPointer(bitPattern: bits) else { return nil }
        return unsafe Unmanaged<Registration>.fromOpaque(raw).takeUnretainedValue()
    }

    private func store(_ registration: Registration) {
        guard let entry = unsafe entry(registration.index, make: true) else {
            preconditionFailure("More registrations than descriptors can exist.")
        }
        let raw = unsafe Unmanaged.passUnretained(registration).toOpaque()
        // Releasing; pairs with the acquiring load in the subscript.
        unsafe entry.pointee.store(UInt(bitPattern: raw), ordering: .releasing)
    }

    private func entry(_ index: UInt32, make: Bool) -> UnsafeMutablePointer<Atomic<UInt>>? {
        let chunk = Int(index) >> RegistrationTable.chunkShift
        guard chunk < RegistrationTable.chunkCapacity else { return nil }
        var bits = unsafe chunks[chunk].load(ordering: .acquiring)
        if bits == 0 {
            guard make else { return nil }
            let bytes = 8 << RegistrationTable.chunkShift
            let raw = unsafe ZeroedMemory.allocate(byteCount: bytes)
            bits = UInt(bitPattern: raw)
            unsafe chunks[chunk].store(bits, ordering: .releasing)
        }
        let base = unsafe UnsafeMutableRawPointer(bitPattern: bits)
        return unsafe base.map {
            unsafe $0.assumingMemoryBound(to: Atomic<UInt>.self)
                + (Int(index) & ((1 << RegistrationTable.chunkShift) - 1))
        }
    }
}
