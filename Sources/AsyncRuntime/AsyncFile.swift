// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import SystemPackage

/// A file whose appends are awaited, and block a worker all the same.
///
/// epoll has nothing to say of regular files: they are always ready, and the call blocks. So the
/// call is made on a worker that says that it blocks, as .NET does on Linux. No overlapped operation
/// is submitted, and nothing of it comes through the completion port.
public final class AsyncFile: Sendable {
    private let runtime: Runtime
    private let descriptor: Descriptor

    init(runtime: Runtime, descriptor: consuming Descriptor) {
        self.runtime = runtime
        self.descriptor = descriptor
    }

    /// Writes at `offset` and waits until the disk has it.
    ///
    /// - Throws: ``OperationError/system(_:)`` with what the write or the sync reports, such as
    ///   `ENOSPC` on a full disk.
    public func write(_ bytes: [UInt8], at offset: Int) async throws(OperationError) {
        let failure = await withCheckedContinuation { done in
            runtime.submit { [self] in
                var failure: OperationError?
                runtime.whileBlocked(isReported: true) {
                    do throws(Errno) {
                        try BlockingFile.write(descriptor.number, bytes, at: offset)
                        try BlockingFile.synchronize(descriptor.number)
                    } catch {
                        failure = .system(error)
                    }
                }
                done.resume(returning: failure)
            }
        }
        if let failure { throw failure }
    }
}

extension Runtime {
    /// Opens a new file without a name in the directory for such files (`TMPDIR`, or else `/tmp`);
    /// it is gone when it is closed.
    ///
    /// - Throws: ``OperationError/system(_:)`` with what the kernel reports.
    public func temporaryFile() throws(OperationError) -> AsyncFile {
        do throws(Errno) {
            return AsyncFile(
                runtime: self,
                descriptor: try BlockingFile.temporary(in: BlockingFile.temporaryDirectory)
            )
        } catch {
            throw .system(error)
        }
    }
}
