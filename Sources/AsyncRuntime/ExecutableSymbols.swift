// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Symbols
internal import Synchronization
internal import SystemPackage

/// Names and lines of the executable's async functions, read in the background when they are first
/// asked for.
///
/// Reading takes a good part of a second for a large program; until it is done, frames have no names.
final class ExecutableSymbols: Sendable {
    private enum Stage: Sendable {
        case notAsked
        /// No thread could be had to read them; the next call asks for one again.
        case refused(String)
        case loading
        case ready(AsyncFunctions)
        case failed(String)
    }

    private let stage = Lock(Stage.notAsked)
    private let roster = ThreadRoster()
    private let isStopped = Atomic(false)

    /// Begins to read, at the first call that gets a thread, which ends when it has read.
    func load() {
        let isFirst = stage.withLock { stage in
            switch stage {
            case .notAsked, .refused:
                stage = .loading
                return true
            case .loading, .ready, .failed: return false
            }
        }
        guard isFirst else {
            roster.joinEnded()
            return
        }
        do throws(Errno) {
            try roster.start(name: "symbols") { self.read() }
        } catch {
            stage.withLock { $0 = .refused("No thread can be had to read symbols: \(error).") }
        }
    }

    /// Gives up reading, and waits for the thread that reads, if there is one.
    func stop(until deadline: Instant) -> [String] {
        isStopped.store(true, ordering: .relaxed)
        return roster.join(until: deadline)
    }

    private func read() {
        let result: Stage
        do throws(Errno) {
            let file = try ExecutableFile()
            do throws(SymbolError) {
                result = .ready(
                    try AsyncFunctions(
                        ELFFile(isWanted: { !self.isStopped.load(ordering: .relaxed) }) {
                            file.bytes(at: $0, byteCount: $1)
                        }
                    )
                )
            } catch {
                result = .failed(error.description)
            }
        } catch {
            result = .failed("The executable's file cannot be read: \(error).")
        }
        stage.withLock { $0 = result }
    }

    /// The functions, as soon as they have been read.
    var functions: AsyncFunctions? {
        stage.withLock { stage in
            if case .ready(let functions) = stage { functions } else { nil }
        }
    }

    /// Why names or lines are missing; empty where they are not.
    var missing: String {
        stage.withLock { stage in
            switch stage {
            case .notAsked, .loading: "Symbols are being read."
            case .refused(let reason), .failed(let reason): reason
            case .ready(let functions): functions.linesMissing?.description ?? ""
            }
        }
    }
}
