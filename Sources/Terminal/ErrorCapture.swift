// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Glibc

/// Keeps what anybody writes to standard error off the screen, and hands it on afterwards.
///
/// Descriptor 2 is a file in memory meanwhile: a pipe would make writers wait for the dashboard, or
/// lose what they write. Everybody appends at one shared offset that is never set back, so nothing
/// can fall between a look and the next; what is too old is cut out at the front as a hole.
final class ErrorCapture {
    /// How much text is kept for whoever reads it after the screen.
    static let keptByteCount = 256 * 1024
    /// At most this many lines are told at once; a screen has no use for more.
    static let linesAtOnce = 200
    private static let longestLine = 500

    let file: MemoryFile
    /// The real standard error.
    let original: Int32
    /// What lies before is cut out.
    private var start = 0
    /// What lies before has been told.
    private var end = 0
    private var unfinished: [UInt8] = []
    private(set) var lostLineCount = 0

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

    /// The lines finished since the last call; the newest, with a note, if there are too many.
    func takeLines() -> [String] {
        guard file.byteCount > end else { return [] }
        var lines: [[UInt8]] = []
        var skipped = 0
        while true {
            let bytes = file.bytes(at: end, count: Self.keptByteCount)
            guard !bytes.isEmpty else { break }
            end += bytes.count
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    lines.append(unfinished)
                    unfinished.removeAll(keepingCapacity: true)
                } else if unfinished.count < Self.longestLine {
                    unfinished.append(byte)
                }
            }
            let excess = max(0, lines.count - Self.linesAtOnce)
            lines.removeFirst(excess)
            skipped += excess
            cutOut()
        }
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        return skipped == 0 ? texts : ["\(skipped) lines are left out here."] + texts
    }

    /// Puts descriptor 2 back and writes what has been kept, as far as the reader takes it.
    func finish() {
        dup2(original, 2)
        // Bounds what is kept once more.
        _ = takeLines()
        let words = LastWords()
        if lostLineCount > 0 {
            let note = "\(lostLineCount) earlier lines of standard error were not kept.\n"
            guard words.say(Array(note.utf8)) else { return }
        }
        while start < file.byteCount {
            let bytes = file.bytes(at: start, count: 1024)
            guard !bytes.isEmpty, words.say(bytes) else { return }
            start += bytes.count
        }
    }

    /// Lets go of old lines when twice of what is kept has come together.
    private func cutOut() {
        guard end - start > 2 * Self.keptByteCount else { return }
        let old = file.bytes(at: start, count: end - start - Self.keptByteCount)
        // The cut comes after a line, if there is one.
        let count = old.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? old.count
        lostLineCount += old.prefix(count).count { $0 == UInt8(ascii: "\n") }
        file.makeHole(at: start, count: count)
        start += count
        cn_crash_captured_from(off_t(start), lostLineCount)
    }
}
