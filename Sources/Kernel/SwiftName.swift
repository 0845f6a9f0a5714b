// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Names as Swift's compiler gives them to the linker.
package enum SwiftName {
    /// The name as people write it; the name itself where it is not one of Swift's.
    package static func demangled(_ symbol: String) -> String {
        var symbol = symbol
        let text = symbol.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { name in
                unsafe swift_demangle(name.baseAddress, name.count, nil, nil, 0)
            }
        }
        guard let text = unsafe text else { return symbol }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
