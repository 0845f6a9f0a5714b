// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Kernel

/// A command on a pseudo-terminal of its own, which is its controlling terminal.
package final class TerminalProcess {
    private typealias OpenPseudoTerminal =
        @convention(c) (
            UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>,
            UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    package let processID: Int32
    /// The modes that the terminal had before.
    package let modesBefore: [UInt32]
    /// All that the command has written to the terminal so far.
    package private(set) var output: [UInt8] = []
    private var columns: Int
    private var rows: Int
    private let window: Int32
    private let terminal: Int32
    private var status: Int32?

    /// Starts a command in a window of a size; the environment is what is given and nothing else.
    package init(
        _ command: [String],
        environment: [String: String] = [:],
        columns: Int = 80,
        rows: Int = 24
    ) throws {
        var ends: [Int32] = [-1, -1]
        // Glibc's Swift module leaves <pty.h> out.
        guard let symbol = unsafe dlsym(nil, "openpty") else { preconditionFailure("No openpty.") }
        let openpty = unsafe unsafeBitCast(symbol, to: OpenPseudoTerminal.self)
        let isOpen = unsafe ends.withUnsafeMutableBufferPointer { ends in
            guard let first = ends.baseAddress else { return false }
            return unsafe openpty(first, first + 1, nil, nil, nil) == 0
        }
        precondition(isOpen, "No pseudo-terminal.")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        window = ends[0]
        terminal = ends[1]
        _ = fcntl(window, F_SETFL, O_NONBLOCK)
        self.columns = columns
        self.rows = rows
        Self.setSize(window, columns, rows)
        modesBefore = Self.modes(of: terminal)
        processID = try Self.spawn(command, on: terminal, environment)
    }

    deinit {
        if status == nil {
            kill(processID, SIGKILL)
            var status: Int32 = 0
            unsafe waitpid(processID, &status, 0)
        }
        close(window)
        close(terminal)
    }

    /// Local modes, input modes and output modes now.
    package var modes: [UInt32] { Self.modes(of: terminal) }

    package func resize(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        Self.setSize(window, columns, rows)
    }

    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(unsafe write(window, bytes, bytes.count) == bytes.count)
    }

    package func signal(_ number: Int32) { kill(processID, number) }

    /// Reads what has been written by now.
    package func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(window, &buffer, buffer.count)
            guard count > 0 else { return }
            output += buffer[0..<count]
        }
    }

    /// Reads until the output holds a text; returns where it ends.
    @discardableResult
    package func await(_ text: String, from offset: Int = 0) throws -> Int {
        var end = 0
        try eventually("the terminal shows \(text)") {
            // What it wrote last is read once more after its end.
            let wasOver = hasEnded
            read()
            if let place = Self.place(of: Array(text.utf8), in: output[offset...]) {
                end = place
                return true
            }
            guard !wasOver else { throw Impatience(description: "Ended with \(self.text)") }
            return false
        }
        return end
    }

    /// Waits until what the screen shows is as it should be; returns its rows.
    ///
    /// All that was written is read anew at each look.
    @discardableResult
    package func awaitScreen(
        _ what: String,
        _ condition: ([String]) -> Bool
    ) throws -> [String] {
        var lines: [String] = []
        try eventually(what, every: .milliseconds(20)) {
            read()
            lines = screen.lines
            return condition(lines)
        }
        return lines
    }

    /// What a window of the present size shows after all that has been written so far.
    package var screen: ScreenEmulator {
        var screen = ScreenEmulator(columns: columns, rows: rows)
        screen.feed(output)
        return screen
    }

    /// The output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }

    private var hasEnded: Bool {
        guard status == nil else { return true }
        var status: Int32 = 0
        guard unsafe waitpid(processID, &status, WNOHANG) == processID else { return false }
        self.status = status
        read()
        return true
    }

    /// Waits for the end; the exit status, or 128 and the signal's number, as a shell shows it.
    package func awaitEnd() throws -> Int {
        try eventually("the command ends") {
            read()
            return hasEnded
        }
        let status = status ?? 0
        return Int(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
    }

    /// Waits for the end as `awaitEnd`, but reads nothing before.
    package func awaitEndUnread() throws -> Int {
        try eventually("the command ends unread") { hasEnded }
        return try awaitEnd()
    }

    private static func place(of text: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= text.count else { return nil }
        return (bytes.startIndex...bytes.endIndex - text.count)
            .first { bytes[$0..<$0 + text.count].elementsEqual(text) }.map { $0 + text.count }
    }

    private static func modes(of terminal: Int32) -> [UInt32] {
        var modes = termios()
        precondition(unsafe tcgetattr(terminal, &modes) == 0)
        return [modes.c_lflag, modes.c_iflag, modes.c_oflag, UInt32(modes.c_cc.6)]
    }

    private static func setSize(_ window: Int32, _ columns: Int, _ rows: Int) {
        var size = winsize()
        size.ws_col = UInt16(columns)
        size.ws_row = UInt16(rows)
        precondition(unsafe ioctl(window, UInt(TIOCSWINSZ), &size) == 0)
    }

    private static func spawn(
        _ command: [String],
        on terminal: Int32,
        _ environment: [String: String]
    ) throws -> Int32 {
        var name = [CChar](repeating: 0, count: 128)
        precondition(unsafe ttyname_r(terminal, &name, name.count) == 0)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a new session opens becomes its controlling one.
        unsafe posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Another test in this process may have blocked signals.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | 0x80  // POSIX_SPAWN_SETSID
        unsafe posix_spawnattr_setflags(&attributes, flags)
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var processID: Int32 = 0
        let result = unsafe posix_spawn(
            &processID,
            command[0],
            &actions,
            &attributes,
            &arguments,
            &variables
        )
        guard result == 0 else { throw Impatience(description: "\(command[0]): error \(result)") }
        return processID
    }
}
