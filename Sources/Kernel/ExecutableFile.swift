// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import SystemPackage

/// The file of the running executable.
///
/// By `/proc/self/exe`, which stays right when the file is replaced or removed meanwhile.
package final class ExecutableFile: Sendable {
    private let descriptor: Descriptor

    package init() throws(Errno) {
        descriptor = Descriptor(
            taking: Int32(
                try systemCall { Int(unsafe open("/proc/self/exe", O_RDONLY | O_CLOEXEC)) }
            )
        )
    }

    /// As many of `byteCount` bytes at `offset` as there are; `nil` where they cannot be read.
    ///
    /// Corresponds to `pread(2)`.
    package func bytes(at offset: Int, byteCount: Int) -> [UInt8]? {
        let end = Int(lseek(descriptor.number, 0, SEEK_END))
        guard offset >= 0, byteCount >= 0, offset <= end else { return nil }
        let count = min(byteCount, end - offset)
        var isRead = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe pread(
                    descriptor.number,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    count - filled,
                    off_t(offset + filled)
                )
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    isRead = false
                    return
                }
                filled += got
            }
        }
        return isRead ? bytes : nil
    }
}
