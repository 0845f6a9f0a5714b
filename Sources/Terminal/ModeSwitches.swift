// SPDX-License-Identifier: Apache-2.0

/// What switches the terminal's own modes on and off: key pad, mouse, and marks around a paste.
struct ModeSwitches {
    /// Marks around what is pasted, so that it presses no keys; mode 2004.
    ///
    /// Descriptions of terminals do not know it; terminals that do not know it ignore it.
    private static let pasteOn = Array("\u{1B}[?2004h".utf8)
    private static let pasteOff = Array("\u{1B}[?2004l".utf8)
    /// Presses, releases and the wheel (1000), reported without a limit to the size (1006).
    private static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1006h".utf8)
    private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1000l".utf8)

    let on: [UInt8]
    let off: [UInt8]

    init(mouse: Bool) {
        on = Capability.bytes("smkx") + Self.pasteOn + (mouse ? Self.mouseOn : [])
        off = (mouse ? Self.mouseOff : []) + Self.pasteOff + Capability.bytes("rmkx")
    }
}
