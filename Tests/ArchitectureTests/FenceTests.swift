// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Where the compiler's guarantees may be set aside, and what has to be said there.
@Suite struct FenceTests {
    /// Modules that border on C.
    private static let unsafeModules: Set<String> = ["Kernel", "Terminal"]

    /// Single files elsewhere: slots, buffers, queues and task objects, whose memory is managed by
    /// hand, and the executor's jobs and continuations, which the language itself calls unsafe.
    private static let unsafeFiles: Set<String> = [
        "Sources/AsyncRuntime/AsyncSocket.swift",
        "Sources/AsyncRuntime/AwaitSites.swift",
        "Sources/AsyncRuntime/Dispatcher.swift",
        "Sources/AsyncRuntime/IOBuffer.swift",
        "Sources/AsyncRuntime/MachineEnds.swift",
        "Sources/AsyncRuntime/MainQueue.swift",
        "Sources/AsyncRuntime/Operation.swift",
        "Sources/AsyncRuntime/PoolTaskExecutor.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Awaited.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Operations.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Runs.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Sampling.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+States.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Waits.swift",
        "Sources/AsyncRuntime/StateMachineRegistry+Watching.swift",
        "Sources/AsyncRuntime/StateMachineRegistry.swift",
        "Sources/AsyncRuntime/TaskLayout.swift",
        "Sources/AsyncRuntime/TaskWaiters.swift",
        "Sources/AsyncRuntime/ThreadContexts.swift",
        "Sources/Pool/GlobalQueue.swift",
        "Sources/Pool/GlobalQueueSegment.swift",
        "Sources/Pool/QueueTable.swift",
        "Sources/Pool/WorkItem.swift",
        "Sources/Pool/WorkStealingQueue.swift",
        "Sources/Port/BufferPool.swift",
        "Sources/Port/CompletionPort+Cancellation.swift",
        "Sources/Port/CompletionPort+Completion.swift",
        "Sources/Port/CompletionPort+Performance.swift",
        "Sources/Port/CompletionPort+Submission.swift",
        "Sources/Port/CompletionPort+Try.swift",
        "Sources/Port/CompletionPort.swift",
        "Sources/Port/Engine.swift",
        "Sources/Port/EpollEngine.swift",
        "Sources/Port/OverlappedOperation.swift",
        "Sources/Port/Registration.swift",
        "Sources/Port/SlotPool.swift",
        "Sources/Telemetry/EventRing.swift",
        "Sources/Telemetry/ThreadLane.swift",
    ]

    @Test func `unsafe code stands only in the files listed`() {
        let fenced = SourceTree.sources.filter { file in
            !FenceTests.unsafeModules.contains(file.module)
                && !FenceTests.unsafeFiles.contains(file.path)
        }
        for file in fenced {
            for (index, line) in file.code.enumerated() {
                let words = SourceTree.words(of: line)
                #expect(!words.contains("unsafe"), "\(file):\(index + 1) is unsafe")
            }
        }
    }

    @Test func `the list names no file that needs no leave`() {
        for path in FenceTests.unsafeFiles {
            let file = SourceTree.sources.first { $0.path == path }
            let lines = file?.code ?? []
            let isUnsafe = lines.contains { SourceTree.words(of: $0).contains("unsafe") }
            #expect(isUnsafe, "\(path) is listed, but is not unsafe or does not exist")
        }
    }

    @Test func `every unchecked promise states its invariant`() {
        for file in SourceTree.sources {
            for (index, line) in file.code.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let above = file.lines[max(0, index - 6)...index]
                #expect(
                    above.contains { $0.contains("// INVARIANT:") },
                    "\(file):\(index + 1) promises without an INVARIANT"
                )
            }
        }
    }
}
