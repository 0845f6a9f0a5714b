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

    /// How far the file reaches.
    var byteCount: Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// At most `count` bytes from a place on; empty at the end.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }

    /// Gives back the memory of a part; the bytes behind it keep their places.
    ///
    /// Corresponds to `fallocate(2)` with `FALLOC_FL_PUNCH_HOLE`.
    func makeHole(at offset: Int, count: Int) {
        cn_make_hole(descriptor, off_t(offset), off_t(count))
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
