// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How much memory is in use, and how much there may be: the control group's, else the machine's.
package struct MemoryUse: Equatable, Sendable {
    package var usedBytes: Int
    /// 0 where no limit is known.
    package var limitBytes: Int

    /// From `memory.max` and `memory.current` of the control group, or from `/proc/meminfo`.
    package static var now: MemoryUse {
        let group = "/sys/fs/cgroup" + (groupPath ?? "")
        if let limit = number(ProcessStatus.read(group + "/memory.max")),
            let used = number(ProcessStatus.read(group + "/memory.current"))
        {
            return MemoryUse(usedBytes: used, limitBytes: limit)
        }
        return machine(ProcessStatus.read("/proc/meminfo"))
    }

    /// The path of this process's group in the unified hierarchy, as `0::/path`.
    private static var groupPath: String? {
        ProcessStatus.read("/proc/self/cgroup").split(separator: "\n")
            .first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
    }

    /// A number, or `nil` for the word `max` and for nothing.
    static func number(_ text: String) -> Int? {
        text.split(separator: "\n").first.flatMap { Int($0) }
    }

    static func machine(_ text: String) -> MemoryUse {
        func kibibytes(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
        let total = kibibytes("MemTotal")
        return MemoryUse(
            usedBytes: max(0, total - kibibytes("MemAvailable")) * 1024,
            limitBytes: total * 1024
        )
    }
}
