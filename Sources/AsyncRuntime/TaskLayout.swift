// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// Where a task object keeps what this runtime reads of it: Swift 6.3's layout on 64-bit Linux.
///
/// The offsets belong to the concurrency runtime's binary interface, not to its documented API. So
/// they are checked against a known task when the process starts; where they do not fit, machines
/// are not tracked, and the diagnoses say so. Everything that dereferences a task is in this file,
/// but for its waiters, which are in `TaskWaiters`.
enum TaskLayout {
    private static let reservedOffset = 48
    private static let flagsOffset = 32
    /// `ExecutorJob.Kind.task`, without a call.
    static let taskKind: UInt8 = 0
    private static let isGroupChild: UInt32 = 1 << 26
    private static let isAsyncLet: UInt32 = 1 << 28
    private static let identifierOffset = 36
    private static let resumeFunctionOffset = 56
    private static let resumeContextOffset = 64
    /// Of a child, behind the task object itself.
    private static let parentOffset = 208
    /// Before a task's first context: the function it starts with.
    private static let entryDistance = 24
    private static let isChild: UInt32 = 1 << 24
    private static let statusOffset = 96
    private static let isCancelled: UInt64 = 0x100

    /// Whether the layout fits this process.
    static let isKnown: Bool = probe()

    /// A job's reserved word, which the concurrency runtime leaves alone. (The two words that it
    /// documents for executors are cleared at every enqueue, so nothing can be kept there.)
    ///
    /// Only for a task that is being enqueued, or that runs on the calling thread.
    @inline(__always)
    static func reservedWord(_ task: UInt) -> UInt {
        unsafe pointer(task).load(fromByteOffset: reservedOffset, as: UInt.self)
    }

    @inline(__always)
    static func setReservedWord(_ word: UInt, of task: UInt) {
        unsafe UnsafeMutableRawPointer(mutating: pointer(task))
            .storeBytes(of: word, toByteOffset: reservedOffset, as: UInt.self)
    }

    /// Whether the task is the child of an `async let`.
    ///
    /// Its memory belongs to its parent's frame, which takes it back when the child has ended: no
    /// reference keeps such a task.
    @inline(__always)
    static func isInParentsFrame(_ task: UInt) -> Bool {
        unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self) & isAsyncLet != 0
    }

    /// Whether the task is a child of a task group.
    @inline(__always)
    static func isInGroup(_ task: UInt) -> Bool {
        unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self) & isGroupChild != 0
    }

    /// The task that a child belongs to; 0 for one that is nobody's child.
    ///
    /// A parent outlives its children.
    @inline(__always)
    static func parent(_ task: UInt) -> UInt {
        let flags = unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self)
        guard flags & isChild != 0 else { return 0 }
        return unsafe pointer(task).load(fromByteOffset: parentOffset, as: UInt.self)
    }

    /// The priority that the task was made with.
    @inline(__always)
    static func priority(_ task: UInt) -> UInt8 {
        let flags = unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self)
        return UInt8(truncatingIfNeeded: flags >> 8)
    }

    /// The kind of a job, as `ExecutorJob.Kind` counts.
    @inline(__always)
    static func jobKind(_ job: UInt) -> UInt8 {
        unsafe pointer(job).load(fromByteOffset: flagsOffset, as: UInt8.self)
    }

    /// The low 32 bits of the task's identifier.
    @inline(__always)
    static func identifier(_ task: UInt) -> UInt32 {
        unsafe pointer(task).load(fromByteOffset: identifierOffset, as: UInt32.self)
    }

    /// Whether the task has been cancelled.
    ///
    /// Only for a task that cannot end meanwhile.
    static func isCancelled(_ task: UInt) -> Bool {
        let word = unsafe pointer(task).advanced(by: statusOffset)
            .assumingMemoryBound(to: Atomic<UInt64>.self)
        return unsafe word.pointee.load(ordering: .relaxed) & isCancelled != 0
    }

    /// Asks for the words of a task that the caller is about to resume.
    @inline(__always)
    static func prefetch(_ task: UInt) {
        CacheLines.fetch(task, count: 192)
    }

    /// Asks for what is resumed first: the innermost frame and, behind it, the result's place.
    ///
    /// Only for a task that nobody but the caller may resume.
    @inline(__always)
    static func prefetchResult(_ task: UInt) {
        let context = unsafe pointer(task).load(fromByteOffset: resumeContextOffset, as: UInt.self)
        CacheLines.fetch(context, count: 192)
    }

    /// Asks for the frames of a task that the caller is about to run: as a rule those around the
    /// innermost, since they are allocated one after the other.
    @inline(__always)
    static func prefetchFrames(_ task: UInt) {
        let context = unsafe pointer(task).load(fromByteOffset: resumeContextOffset, as: UInt.self)
        CacheLines.fetch(context &- 288, count: 672)
    }

    /// The function with which a task that is enqueued will go on.
    @inline(__always)
    static func resumeFunction(_ task: UInt) -> UInt {
        unsafe pointer(task).load(fromByteOffset: resumeFunctionOffset, as: UInt.self)
    }

    /// The function that a task begins with, until it does; 0 for one that has run, wherever that was,
    /// and where it cannot be told.
    @inline(__always)
    static func entry(_ task: UInt) -> UInt {
        guard TaskBeginnings.contain(resumeFunction(task)) else { return 0 }
        // The only context is the first; the concurrency runtime keeps the closure before it.
        let context = unsafe pointer(task).load(fromByteOffset: resumeContextOffset, as: UInt.self)
        guard context != 0, context & 7 == 0 else { return 0 }
        return unsafe pointer(context - UInt(entryDistance)).load(as: UInt.self)
    }

    /// The function that a task has begun with, however long ago; 0 where that cannot be told.
    ///
    /// Only when frames may be read, see ``forEachFrame(_:limit:_:)``.
    static func startFunction(_ task: UInt) -> UInt {
        let context = firstContext(task)
        guard context != 0 else { return 0 }
        return unsafe pointer(context - UInt(entryDistance)).load(as: UInt.self)
    }

    /// Sees to it that `TaskEnd` tells of the task's end; whether that is possible.
    ///
    /// Only when frames may be read, see ``forEachFrame(_:limit:_:)``.
    @inline(__always)
    static func watchEnd(of task: UInt) -> Bool {
        let context = firstContext(task)
        return context != 0 && TaskEnd.watch(firstContext: context)
    }

    /// The context of the outermost frame; 0 where there are more frames than anybody has.
    @inline(__always)
    private static func firstContext(_ task: UInt) -> UInt {
        var context = unsafe pointer(task).load(fromByteOffset: resumeContextOffset, as: UInt.self)
        for _ in 0..<100_000 {
            guard context != 0, context & 7 == 0 else { return 0 }
            let parent = unsafe pointer(context).load(as: UInt.self)
            if parent == 0 { return context }
            context = parent
        }
        return 0
    }

    /// Calls `body` with the resume functions of the suspended frames, innermost first.
    ///
    /// Only on the task's own thread, inside a continuation's body, at `enqueue`, or before a run: at
    /// any other time another thread may run the task and free its frames. The outermost frame has
    /// nobody to resume and is left out.
    @inline(__always)
    static func forEachFrame(_ task: UInt, limit: Int, _ body: (UInt) -> Void) {
        var context = unsafe pointer(task).load(fromByteOffset: resumeContextOffset, as: UInt.self)
        for _ in 0..<limit {
            guard context != 0, context & 7 == 0 else { return }
            let words = unsafe pointer(context)
            let parent = unsafe words.load(as: UInt.self)
            let resume = unsafe words.load(fromByteOffset: 8, as: UInt.self)
            guard parent != 0, resume != 0 else { return }
            body(resume)
            context = parent
        }
    }

    /// The task that runs on the calling thread; 0 outside of tasks.
    @inline(__always)
    static var current: UInt { RunningTask.address }

    @inline(__always)
    private static func pointer(_ bits: UInt) -> UnsafeRawPointer {
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: bits) else {
            preconditionFailure("There is no task at address 0.")
        }
        return unsafe pointer
    }

    private static func isInExecutable(_ function: UInt) -> Bool {
        FrameCapture.encode(function) != FrameCapture.elsewhere
    }

    /// The probe's task, when its end was told.
    private static let endedLast = Atomic<UInt>(0)

    /// Runs a task that suspends once and ends, on an executor of its own, and looks whether the
    /// words say so.
    private static func probe() -> Bool {
        #if arch(x86_64) || arch(arm64)
        guard unsafe MemoryLayout<UnsafeCurrentTask>.size == MemoryLayout<UInt>.size else {
            return false
        }
        let mark: UInt = 0x1234_5678
        let executor = ProbeExecutor()
        let seen = ProbeFindings()
        let task = Task(executorPreference: executor) {
            seen.task = TaskLayout.current
            await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                var frames = 0
                TaskLayout.forEachFrame(TaskLayout.current, limit: 8) { _ in frames += 1 }
                seen.frames = frames
                unsafe continuation.resume()
            }
            async let child = TaskLayout.isInParentsFrame(TaskLayout.current)
            seen.childIsInFrame = await child
            async let parent = TaskLayout.parent(TaskLayout.current)
            seen.parents.append(await parent)
            seen.childIsInGroup = await withTaskGroup { group in
                group.addTask { TaskLayout.isInGroup(TaskLayout.current) }
                return await group.next() ?? false
            }
            let parentOfGroup = await withTaskGroup { group in
                group.addTask { TaskLayout.parent(TaskLayout.current) }
                return await group.next() ?? 0
            }
            seen.parents.append(parentOfGroup)
            await withDiscardingTaskGroup { group in group.addTask {} }
            await Task.yield()
        }
        guard let first = executor.take() else { return false }
        let bits = unsafe unsafeBitCast(first, to: UInt.self)
        setReservedWord(mark, of: bits)
        TaskBeginnings.learn(resumeFunction(bits))
        let hasEntry = isInExecutable(entry(bits))
        let wasCancelled = isCancelled(bits)
        task.cancel()
        let isNowCancelled = isCancelled(bits)
        TaskEnd.perform { task in TaskLayout.endedLast.store(task, ordering: .relaxed) }
        guard watchEnd(of: bits), watchEnd(of: bits) else { return false }
        executor.run(first)
        let between = endedLast.load(ordering: .relaxed) == bits
        var returns: [UInt] = []
        var children: [UInt] = []
        while let job = executor.take() {
            let next = unsafe unsafeBitCast(job, to: UInt.self)
            if next == bits {
                returns.append(entry(bits))
            } else if jobKind(next) == taskKind {
                TaskBeginnings.learn(resumeFunction(next))
                children.append(entry(next))
            }
            executor.run(job)
        }
        let after = endedLast.load(ordering: .relaxed) == bits
        let isKept = reservedWord(bits) == mark
        withExtendedLifetime(task) {}
        return isKept && !between && after && seen.task == bits && seen.frames >= 1
            && !returns.isEmpty && returns.allSatisfy { $0 == 0 }
            && children.count == 5 && children.allSatisfy(isInExecutable)
            && seen.childIsInFrame && !isInParentsFrame(bits)
            && seen.childIsInGroup && !isInGroup(bits)
            && hasEntry && !wasCancelled && isNowCancelled
            && seen.parents == [bits, bits] && parent(bits) == 0
        #else
        return false
        #endif
    }
}

/// What the probe's task saw; it runs on the probing thread.
// INVARIANT: written and read by the thread that runs `TaskLayout.probe`.
private final class ProbeFindings: @unchecked Sendable {
    var task: UInt = 0
    var frames = 0
    var parents: [UInt] = []
    var childIsInFrame = false
    var childIsInGroup = false
}

/// Runs the probe's task on the thread that asks.
final class ProbeExecutor: TaskExecutor {
    private let jobs = Lock<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    func take() -> UnownedJob? {
        jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func run(_ job: UnownedJob) {
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
