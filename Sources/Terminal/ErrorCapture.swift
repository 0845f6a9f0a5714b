// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Keeps what anybody writes to standard error off the screen, and hands it on afterwards.
final class ErrorCapture {
    let file: MemoryFile
    /// The real standard error.
    let original: Int32

    /// Redirects descriptor 2, if it is a terminal; a file or pipe may be written to as ever.
    init?() {
        guard isatty(2) == 1, let file = try? MemoryFile(name: "stderr") else { return nil }
        let original = fcntl(2, F_DUPFD_CLOEXEC, 3)
        guard original >= 0 else { return nil }
        self.file = file
        self.original = original
        dup2(file.descriptor, 2)
    }

    deinit {
        close(original)
    }

    /// Puts descriptor 2 back and writes what has been kept.
    func end() {
        dup2(original, 2)
        var bytes = file.take()[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(2, buffer.baseAddress, buffer.count)
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
