// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The operating system's view of this process.
package enum ProcessStatus {
    /// Processor time that all threads have used.
    package static var processorTime: Duration {
        .nanoseconds(Int64(clamping: clinux_process_cpu_ns()))
    }

    /// How often threads of this process have left a processor, of themselves or not.
    ///
    /// Corresponds to `getrusage(2)`.
    package static var contextSwitches: Int {
        var usage = rusage()
        guard unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_nvcsw + usage.ru_nivcsw
    }

    /// Resident bytes, from `/proc/self/statm`.
    package static var residentBytes: Int {
        let fields = read("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Threads, from `/proc/self/stat`.
    package static var threadCount: Int {
        // The command's name may hold spaces; the fields after its closing bracket do not.
        let text = read("/proc/self/stat")
        guard let bracket = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        return fields.count > 17 ? Int(fields[17]) ?? 0 : 0
    }

    /// Names of all threads, sorted, from `/proc/self/task/*/comm`.
    package static var threadNames: [String] {
        directory("/proc/self/task").compactMap { Int32($0) }.map(threadName)
            .filter { !$0.isEmpty }.sorted()
    }

    /// Name of one thread of this process; empty where there is none.
    static func threadName(_ id: Int32) -> String {
        read("/proc/self/task/\(id)/comm").split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Open descriptors, from `/proc/self/fd`, without the one that looks.
    package static var openDescriptors: Int { max(0, directory("/proc/self/fd").count - 1) }

    /// Logical processors that this process may use.
    package static var processorCount: Int {
        max(1, Int(clinux_processor_count()))
    }

    /// How many descriptors this process may have; raises the soft limit to the hard one first.
    package static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    static func read(_ path: String) -> String {
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return "" }
        defer { close(fd) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(fd, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func directory(_ path: String) -> [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
