// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SystemPackage

/// The one place that turns a C call's result into a value or an `Errno`.
///
/// Repeats the call on `EINTR`, unless `interruptible` says that the caller wants to know.
@inline(__always)
func systemCall(
    interruptible: Bool = false,
    _ call: () -> Int
) throws(Errno) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code == EINTR && !interruptible { continue }
        throw Errno(rawValue: code)
    }
}

/// The same for calls of `CLinux` that return `-errno`.
@inline(__always)
func systemResult(_ call: () -> Int32) throws(Errno) -> Int {
    while true {
        let result = call()
        if result >= 0 { return Int(result) }
        if result == -EINTR { continue }
        throw Errno(rawValue: -result)
    }
}
