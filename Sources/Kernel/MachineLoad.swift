// SPDX-License-Identifier: Apache-2.0

/// How busy the processors of the machine are, by all processes together.
///
/// From the first line of `/proc/stat`, whose ticks count up since the machine was started: the
/// share of two readings' difference that was not idle. A container sees the whole machine there.
package struct MachineLoad: Equatable, Sendable {
    /// Ticks since the start of the machine.
    struct Ticks: Equatable {
        var busy: Int
        var all: Int
    }

    private var last: Ticks?
    /// 0 to 100 of all processors, between the last two readings.
    package private(set) var percent = 0.0

    package init() {}

    /// Takes a reading.
    package mutating func update() {
        update(ProcessStatus.read("/proc/stat"))
    }

    /// Takes what `/proc/stat` holds; one that cannot be read, or ran backwards, changes nothing.
    mutating func update(_ text: String) {
        guard let ticks = Self.ticks(text) else { return }
        defer { last = ticks }
        guard let last, ticks.all > last.all, ticks.busy >= last.busy else { return }
        percent = min(100, Double(ticks.busy - last.busy) / Double(ticks.all - last.all) * 100)
    }

    /// The line's fields: user, nice, system, idle, iowait, irq, softirq, steal; guests are part of
    /// user and nice.
    static func ticks(_ text: String) -> Ticks? {
        let fields = text.prefix { $0 != "\n" }.split(separator: " ")
        guard fields.first == "cpu", fields.count >= 5 else { return nil }
        let numbers = fields.dropFirst().prefix(8).compactMap { Int($0) }
        guard numbers.count >= 4 else { return nil }
        let all = numbers.reduce(0, &+)
        let idle = numbers[3] &+ (numbers.count > 4 ? numbers[4] : 0)
        return Ticks(busy: all &- idle, all: all)
    }
}
