// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
package import Dashboard
internal import Glibc

/// A terminal that shows frames, from `enter` to `leave`, and is then as it was before.
///
/// One thread may use it, and one session may exist at a time, since ncurses has one screen. It
/// does not touch the terminal before `enter`, so that whoever starts threads in between can
/// first learn whether there will be a screen. Leaving is idempotent and happens at the latest
/// when the session goes away, the process exits, or crashes.
package final class TerminalSession {
    /// What painting has cost so far.
    package struct Statistics: Equatable, Sendable {
        /// Frames given to ncurses because something had changed.
        package var painted = 0
        /// Frames left out because the terminal did not take them.
        package var dropped = 0
        package var writes = 0
        package var bytes = 0
    }

    private static let bytesAtOnce = 4096
    /// How long a terminal that takes nothing is waited for when the screen is left.
    private static let patienceMilliseconds: Int32 = 200
    /// Synchronized output: the terminal shows all between the two at once.
    ///
    /// Terminfo does not know it; terminals that do not know it either ignore it.
    private static let beginUpdate = Array("\u{1B}[?2026h".utf8)
    private static let endUpdate = Array("\u{1B}[?2026l".utf8)

    /// What takes the dashboard off the screen: the terminal's other screen comes back, or, where
    /// it has but one, that is cleared, since else the prompt would stand amid old figures.
    private static var emptying: [UInt8] {
        let back = Capability.bytes("rmcup")
        return back.isEmpty ? Capability.bytes("clear") : back
    }

    /// The glyphs that this terminal can show.
    package let glyphs: Glyphs
    /// Whether the terminal shows colours, and the user wants them.
    package var hasColors: Bool { palette.depth != .mono }
    let input: Int32
    let writer: TerminalWriter
    private let capturesErrors: Bool
    private let modes: TerminalModes
    private let memory: MemoryFile
    private var palette: Palette
    private let switches: ModeSwitches
    private let restoringBytes: [UInt8]
    private var decoder: InputDecoder
    private var errors: ErrorCapture?
    private var isEntered = false
    /// What the terminal shows, as far as is known.
    private var shown: Frame?
    /// The next frame has to take along what switches the terminal's modes on.
    private var needsModes = false
    private var painted = 0
    private var dropped = 0

    /// Checks the terminal and prepares ncurses for it; writes nothing.
    package init(
        input: Int32 = 0,
        output: Int32 = 1,
        options: TerminalOptions = TerminalOptions()
    ) throws(TerminalError) {
        guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
        let type = options.terminalType
        guard !type.isEmpty else { throw .noTerminalType }
        self.input = input
        capturesErrors = options.capturesErrors
        glyphs = options.usesASCII ? .ascii : .unicode
        modes = try TerminalModes(terminal: input)
        writer = try TerminalWriter(terminal: output)
        memory = try MemoryFile(name: "screen")
        let size = Self.size(of: writer)
        let word = UInt32(size.columns) << 16 | UInt32(size.rows)
        guard unsafe cn_screen_open(type, memory.descriptor, input, word) else {
            throw .unknownTerminalType(type)
        }
        palette = Palette(color: options.usesColor)
        let hasMouse = options.mouse && !Capability.bytes("kmous").isEmpty
        switches = ModeSwitches(mouse: hasMouse)
        restoringBytes =
            Self.endUpdate + switches.off
            + ["sgr0", "op", "cnorm"].flatMap(Capability.bytes) + Self.emptying
        decoder = InputDecoder(keys: KeySequences.described(), mouse: hasMouse)
    }

    deinit {
        leave()
        cn_screen_close()
    }

    package var statistics: Statistics {
        Statistics(
            painted: painted,
            dropped: dropped,
            writes: writer.writeCount,
            bytes: writer.byteCount
        )
    }

    /// The size of the window now; 80x24 if the terminal does not say.
    package var size: Size { Self.size(of: writer) }

    private static func size(of writer: TerminalWriter) -> Size {
        let size = cn_terminal_size(writer.descriptor)
        guard size != 0 else { return Size(columns: 80, rows: 24) }
        return Size(columns: Int(size >> 16), rows: Int(size & 0xFFFF))
    }

    /// Takes the terminal; the first frame then shows the full screen.
    package func enter() {
        guard !isEntered else { return }
        isEntered = true
        errors = capturesErrors ? ErrorCapture() : nil
        armCrashRestore()
        modes.makeRaw()
        shown = nil
        needsModes = true
    }

    /// Shows a frame in one write, or drops it if the terminal has not yet taken the last one.
    ///
    /// A frame that is equal to what is shown costs nothing.
    package func paint(_ frame: Frame) throws(TerminalError) {
        guard isEntered, frame.size.columns > 0, frame.size.rows > 0 else { return }
        let changes = shown.flatMap(frame.changes)
        guard changes?.isEmpty != true else { return }
        guard !writer.isBehind else { return drop() }
        let isFull = shown?.size != frame.size
        var bytes: [UInt8] = []
        if isFull {
            cn_resize(Int32(frame.size.rows), Int32(frame.size.columns))
            cn_forget()
            // ncurses sets the lines that scroll once, for the size that it begins with. A terminal
            // that is resized forgets them, but those bytes may reach it later than that. To set
            // them moves the cursor, which does no harm here: a full frame begins by clearing.
            bytes = memory.take() + Capability.scrolling(lines: frame.size.rows)
        }
        put(changes ?? Array(frame.cells.indices), of: frame)
        cn_flush()
        shown = frame
        painted += 1
        bytes += memory.take()
        if needsModes {
            bytes += switches.on
            needsModes = false
        }
        if !bytes.isEmpty {
            try writer.write(Self.beginUpdate + bytes + Self.endUpdate)
        }
    }

    /// Counts a frame that need not even be drawn, since the terminal is behind.
    func drop() { dropped += 1 }

    /// Makes the next frame a full one, and sets the modes anew: somebody else used the terminal.
    package func forget() {
        guard isEntered else { return }
        modes.makeRaw()
        shown = nil
        needsModes = true
    }

    /// When to call `settleInput`, if the terminal has sent nothing before.
    var inputUndecidedUntil: ContinuousClock.Instant? { decoder.undecidedUntil }

    /// What was done at the terminal since the last call.
    func readInput() -> [InputEvent] {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.bytesAtOnce) { buffer, count in
            count = max(0, unsafe Glibc.read(input, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? [] : decoder.decode(bytes, at: .now)
    }

    /// Decides that an Esc was a key if nothing has followed it.
    func settleInput() -> [InputEvent] { decoder.settle(at: .now) }

    /// Lines that somebody has written to standard error since the last call.
    func takeErrorLines() -> [String] { errors?.takeLines() ?? [] }

    /// Gives the terminal back and writes to standard error what was kept from it meanwhile.
    package func leave() {
        guard isEntered else { return }
        isEntered = false
        cn_end()
        var bytes = memory.take()
        // ncurses goes back to the other screen; where there is none it leaves all as it is.
        if Capability.bytes("rmcup").isEmpty { bytes += Self.emptying }
        try? writer.write(switches.off + bytes)
        writer.flush(patienceMilliseconds: Self.patienceMilliseconds)
        modes.restore()
        cn_crash_disarm()
        errors?.finish()
        errors = nil
    }

    private func put(_ indices: [Int], of frame: Frame) {
        let columns = frame.size.columns
        let looks = palette.looks(in: frame.theme)
        for index in indices {
            let cell = frame.cells[index]
            let look = looks[Int(cell.style.rawValue)]
            cn_put(
                Int32(index / columns),
                Int32(index % columns),
                cell.scalar.value,
                look.attributes,
                look.pair
            )
        }
    }

    private func armCrashRestore() {
        cn_crash_use_alternate_stack()
        cn_crash_install()
        var original = modes.original
        let captured = errors?.file.descriptor ?? -1
        let target = errors?.original ?? -1
        unsafe cn_crash_arm(
            writer.descriptor,
            &original,
            restoringBytes,
            restoringBytes.count,
            captured,
            target
        )
    }
}
