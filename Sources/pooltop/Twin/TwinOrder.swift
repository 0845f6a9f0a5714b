// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import FoundationEssentials
internal import Kernel
internal import Telemetry
internal import Workload

/// What a twin is told when it starts: one line of JSON on its standard input.
struct TwinOrder: Codable {
    let way: TwinComparison.Way
    let settings: WorkloadSettings
    let seed: UInt64
    /// What the asynchronous twin's runtime is.
    let configuration: RuntimeConfiguration
    /// What has been changed by hand since, in order.
    let commands: [RuntimeCommand]

    /// The order as a line.
    func line() throws -> [UInt8] { try JSONEncoder().encode(self) + [UInt8(ascii: "\n")] }

    /// Waits for the order; `nil` where none comes.
    static func read() throws -> TwinOrder? {
        var lines = LineBuffer()
        while true {
            let bytes = try StandardStream.input.read(atMost: 1 << 16)
            if bytes.isEmpty { return nil }
            if let line = lines.take(bytes).first {
                return try JSONDecoder().decode(TwinOrder.self, from: Data(line))
            }
        }
    }
}

/// Cuts a stream of bytes into lines.
struct LineBuffer {
    private var rest: [UInt8] = []

    /// The lines that end in `bytes`, without their ends.
    mutating func take(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        rest += bytes
        var lines: [ArraySlice<UInt8>] = []
        var start = rest.startIndex
        // What was there before holds no end of a line.
        var from = rest.count - bytes.count
        while let end = rest[from...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(rest[start..<end])
            start = end + 1
            from = start
        }
        rest.removeFirst(start)
        return lines
    }
}
