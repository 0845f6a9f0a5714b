// SPDX-License-Identifier: Apache-2.0

/// What waits in the kernel for the port.
///
/// Named here so that help and errors can speak of all.
enum EngineName: String, CaseIterable {
    case epoll
    case ioUring = "io_uring"
    case aio

    var isBuilt: Bool { self == .epoll }

    static var names: String {
        allCases.map { $0.isBuilt ? $0.rawValue : "\($0.rawValue) (not in this version)" }
            .joined(separator: ", ")
    }
}
