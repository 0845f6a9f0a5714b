// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import SystemPackage

/// Calls on regular files, all of which block their thread.
package enum BlockingFile {
    /// Where files go that nobody keeps.
    package static var temporaryDirectory: String {
        guard let value = unsafe getenv("TMPDIR"), unsafe value[0] != 0 else { return "/tmp" }
        return unsafe String(cString: value)
    }

    /// A new file without a name, readable and writable; it is gone when it is closed.
    ///
    /// Corresponds to `open(2)` with `O_TMPFILE`.
    package static func temporary(in directory: String) throws(Errno) -> Descriptor {
        // O_TMPFILE is a macro that Swift does not import: __O_TMPFILE and O_DIRECTORY.
        let temporary: Int32 = 0o20_000_000
        let flags = O_RDWR | O_CLOEXEC | O_DIRECTORY | temporary
        return Descriptor(
            taking: Int32(try systemCall { Int(unsafe open(directory, flags, 0o600)) })
        )
    }

    /// Writes all bytes at `offset`.
    ///
    /// Corresponds to `pwrite(2)`.
    package static func write(_ fd: Int32, _ bytes: [UInt8], at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            done += try systemCall {
                unsafe bytes.withUnsafeBytes { raw in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: raw[done...])
                    return unsafe pwrite(fd, rest.baseAddress, rest.count, off_t(offset + done))
                }
            }
        }
    }

    /// Waits until the disk has what was written.
    ///
    /// Corresponds to `fdatasync(2)`.
    package static func synchronize(_ fd: Int32) throws(Errno) {
        _ = try systemCall { Int(fdatasync(fd)) }
    }
}
