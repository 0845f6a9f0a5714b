// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Glibc

/// A file in memory that others write to and this process takes bytes out of.
final class MemoryFile {
    let descriptor: Int32

    /// Corresponds to `memfd_create(2)`.
    init(name: String) throws(TerminalError) {
        descriptor = unsafe cn_memory_file(name)
        if descriptor < 0 {
            throw .failed(call: "memfd_create", errno: errno)
        }
    }

    deinit {
        close(descriptor)
    }

    /// All bytes written since the last call.
    func take() -> [UInt8] {
        let end = lseek(descriptor, 0, SEEK_CUR)
        guard end > 0 else { return [] }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(end)) { buffer, count in
            count = max(0, unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
        return bytes
    }
}
