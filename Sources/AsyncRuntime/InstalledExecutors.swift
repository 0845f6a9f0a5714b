// SPDX-License-Identifier: Apache-2.0

@_spi(ExperimentalCustomExecutors) internal import _Concurrency
internal import Kernel

/// What Swift's concurrency runtime asks for the process's executors.
struct InstalledExecutors: ExecutorFactory {
    /// Set once, before the concurrency runtime asks.
    static let installed = Lock<Runtime?>(nil)

    static var mainExecutor: any MainExecutor { runtime.mainQueue }
    static var defaultExecutor: any TaskExecutor { runtime.taskExecutor }

    private static var runtime: Runtime {
        guard let runtime = installed.withLock({ $0 }) else {
            preconditionFailure("Executors were asked for before Runtime.install was called.")
        }
        return runtime
    }

    static func install() {
        // The concurrency runtime takes a reference to the executor at every enqueue of every thread,
        // and each operation one to most of the others.
        for part in runtime.parts { Immortal.make(part) }
        _createExecutors(factory: InstalledExecutors.self)
    }
}
