// SPDX-License-Identifier: Apache-2.0

internal import Dashboard
internal import Glibc
internal import Kernel
internal import Terminal

/// Takes the screen as the dashboard does, writes to standard error, and crashes as it is told.
///
/// The first argument says how, the second on which thread: main or worker.
@main
enum CrashCourse {
    static func main() {
        SignalInbox.blockInAllThreads()
        guard CommandLine.arguments.count == 3, let session = try? TerminalSession() else {
            exit(64)
        }
        session.enter()
        try? session.paint(view(Model(size: session.size, glyphs: session.glyphs)))
        for number in 1...3 { write("captured line \(number)\n") }
        let way = CommandLine.arguments[1]
        if CommandLine.arguments[2] == "main" {
            crash(way)
        } else {
            let thread = try? KernelThread(name: "worker-1") { crash(way) }
            _ = thread?.join(timeout: .seconds(60))
        }
        exit(65)
    }

    private static func crash(_ way: String) {
        switch way {
        case "fatalError": fatalError("a sentence about the crash")
        case "trap": _ = [0][CommandLine.arguments.count]
        case "overflow": print(deeper(CommandLine.arguments.count))
        case "abort": abort()
        default: break
        }
    }

    /// Never comes to an end; the sum keeps the calls from being made into a loop.
    private static func deeper(_ number: Int) -> Int {
        number == 0 ? 0 : deeper(number + 1) + number
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe Glibc.write(2, bytes, bytes.count)
    }
}
