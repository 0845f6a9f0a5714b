// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The running executable in memory.
package enum ExecutableImage {
    /// Where it was loaded; addresses of its functions lie above.
    package static let base = UInt(clinux_executable_base())
}
