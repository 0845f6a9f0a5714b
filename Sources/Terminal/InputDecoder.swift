// SPDX-License-Identifier: Apache-2.0

internal import Dashboard

/// Makes keys and mouse events of the bytes that a terminal sends.
///
/// A pure value: bytes and the time go in, events come out, so that every sequence of bytes can be
/// tried without a terminal. It follows the grammar of terminals' control sequences rather than a
/// list of known keys: an unknown sequence is swallowed whole and never presses the letters in it.
/// What the terminal's description says about a sequence goes before the grammar's usual meaning.
///
/// Three things take time. A lone Esc is a key once `escapePause` has passed without another byte.
/// A sequence that stops in its middle, as on a slow line, is waited for up to `patience`, and so
/// is the end of a paste. So whatever has come in, a second later every key means itself.
struct InputDecoder {
    /// How long Esc waits for the rest of a sequence.
    static let escapePause = Duration.milliseconds(25)
    /// How long a sequence that has begun may take from one byte to the next.
    static let patience = Duration.seconds(1)
    /// No sequence that means anything is longer.
    static let longestSequence = 64

    private enum State: Equatable {
        /// Between keys.
        case ground
        /// After the first byte of a character of `missing` more bytes.
        case character(scalar: UInt32, missing: Int, least: UInt32)
        /// After Esc: a key, or the start of a sequence.
        case escape
        /// After `Esc O`: one byte follows.
        case singleShift
        /// After `Esc [`, up to the final byte.
        case control
        /// After `Esc [ [`, as the Linux console begins its first function keys.
        case console
        /// After `Esc [ M`: button, column and row in a byte each.
        case oldMouse
        /// An answer to a question that somebody else has asked; up to its terminator.
        case string(endsNext: Bool)
    }

    private let keys: [[UInt8]: Key]
    private let hasMouse: Bool
    private var state = State.ground
    /// The sequence so far, from Esc on.
    private var sequence: [UInt8] = []
    private var isPasting = false
    private var lastByte: ContinuousClock.Instant?
    private var presses = PressCounter()

    /// `keys` is what the terminal's description says that keys send.
    init(keys: [[UInt8]: Key], mouse: Bool) {
        self.keys = keys
        hasMouse = mouse
    }

    /// When `settle` should be called, if no byte comes before.
    var undecidedUntil: ContinuousClock.Instant? {
        guard !isPasting, let lastByte else { return nil }
        switch state {
        case .escape, .string: return lastByte + Self.escapePause
        default: return nil
        }
    }

    /// Decides what was undecided: no byte has come for a while.
    mutating func settle(at now: ContinuousClock.Instant) -> [InputEvent] {
        guard let undecidedUntil, now >= undecidedUntil else { return [] }
        defer { reset() }
        return state == .escape ? [.key(.escape)] : []
    }

    /// The events that these bytes complete.
    mutating func decode(
        _ bytes: some Sequence<UInt8>,
        at now: ContinuousClock.Instant
    ) -> [InputEvent] {
        var events: [InputEvent] = []
        if let lastByte, now - lastByte >= Self.patience {
            if state == .escape, !isPasting { events.append(.key(.escape)) }
            isPasting = false
            reset()
        }
        lastByte = now
        for byte in bytes {
            accept(byte, now, &events)
        }
        return events
    }

    private mutating func accept(
        _ byte: UInt8,
        _ now: ContinuousClock.Instant,
        _ events: inout [InputEvent]
    ) {
        switch state {
        case .ground: begin(byte, &events)
        case .character: advanceCharacter(byte, now, &events)
        case .escape: advanceEscape(byte, &events)
        case .singleShift: advanceShift(byte, &events)
        case .control: advanceControl(byte, now, &events)
        case .console:
            sequence.append(byte)
            finish(named(byte: byte, from: 0x41, to: 0x45, first: 1), &events)
        case .oldMouse: advanceOldMouse(byte, now, &events)
        case .string(let endsNext): advanceString(byte, endsNext, &events)
        }
    }

    private mutating func reset() {
        state = .ground
        sequence.removeAll(keepingCapacity: true)
    }

    private func emit(_ event: InputEvent?, _ events: inout [InputEvent]) {
        if let event, !isPasting { events.append(event) }
    }

    /// Ends a sequence: what the terminal's description calls it, else its usual meaning.
    private mutating func finish(_ usual: Key?, _ events: inout [InputEvent]) {
        emit((keys[sequence] ?? usual).map(InputEvent.key), &events)
        reset()
    }

    /// Gives up a sequence in which this byte cannot be, and begins with the byte anew.
    private mutating func abandon(_ byte: UInt8, _ events: inout [InputEvent]) {
        reset()
        begin(byte, &events)
    }
}

// MARK: Characters

extension InputDecoder {
    private mutating func begin(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch byte {
        case 0x1B:
            state = .escape
            sequence.append(byte)
        case 0xC2...0xDF: state = .character(scalar: UInt32(byte & 0x1F), missing: 1, least: 0x80)
        case 0xE0...0xEF: state = .character(scalar: UInt32(byte & 0x0F), missing: 2, least: 0x800)
        case 0xF0...0xF4:
            state = .character(scalar: UInt32(byte & 0x07), missing: 3, least: 0x1_0000)
        case 0x80...: break
        default: emit(KeySequences.typed(UInt32(byte)).map(InputEvent.key), &events)
        }
    }

    private mutating func advanceCharacter(
        _ byte: UInt8,
        _ now: ContinuousClock.Instant,
        _ events: inout [InputEvent]
    ) {
        guard case .character(let scalar, let missing, let least) = state, byte & 0xC0 == 0x80
        else { return abandon(byte, &events) }
        let longer = scalar << 6 | UInt32(byte & 0x3F)
        guard missing == 1 else {
            state = .character(scalar: longer, missing: missing - 1, least: least)
            return
        }
        reset()
        // An overlong form is no character.
        guard longer >= least else { return }
        emit(KeySequences.typed(longer).map(InputEvent.key), &events)
    }
}

// MARK: Sequences

extension InputDecoder {
    private mutating func advanceEscape(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch byte {
        case UInt8(ascii: "["): state = .control
        case UInt8(ascii: "O"): state = .singleShift
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .string(endsNext: false)
        default:
            // Esc, and quickly another key: on a line that delivers them together they are two.
            emit(.key(.escape), &events)
            return abandon(byte, &events)
        }
        sequence.append(byte)
    }

    private mutating func advanceShift(_ byte: UInt8, _ events: inout [InputEvent]) {
        guard (0x20...0x7E).contains(byte) else { return abandon(byte, &events) }
        sequence.append(byte)
        finish(KeySequences.shifted(byte), &events)
    }

    private mutating func advanceControl(
        _ byte: UInt8,
        _ now: ContinuousClock.Instant,
        _ events: inout [InputEvent]
    ) {
        switch byte {
        case 0x20...0x3F:
            // The rest of one that is too long is swallowed up to its end.
            if sequence.count < Self.longestSequence { sequence.append(byte) }
        case UInt8(ascii: "[") where sequence.count == 2:
            sequence.append(byte)
            state = .console
        case UInt8(ascii: "M") where sequence.count == 2 && hasMouse:
            sequence.append(byte)
            state = .oldMouse
        case 0x40...0x7E: finishControl(byte, now, &events)
        default: abandon(byte, &events)
        }
    }

    private mutating func finishControl(
        _ final: UInt8,
        _ now: ContinuousClock.Instant,
        _ events: inout [InputEvent]
    ) {
        let isWhole = sequence.count < Self.longestSequence
        let body = sequence.dropFirst(2)
        if !isWhole {
            reset()
        } else if body.first == UInt8(ascii: "<") {
            if hasMouse, let report = MouseReport(body.dropFirst(), final: final) {
                emit(presses.event(of: report, at: now).map(InputEvent.mouse), &events)
            }
            reset()
        } else if final == UInt8(ascii: "~"), body.elementsEqual("200".utf8) {
            isPasting = true
            reset()
        } else if final == UInt8(ascii: "~"), body.elementsEqual("201".utf8) {
            isPasting = false
            reset()
        } else {
            let usual = KeySequences.control(body, final: final)
            sequence.append(final)
            finish(usual, &events)
        }
    }

    private mutating func advanceOldMouse(
        _ byte: UInt8,
        _ now: ContinuousClock.Instant,
        _ events: inout [InputEvent]
    ) {
        guard byte >= 0x20 else { return abandon(byte, &events) }
        sequence.append(byte)
        guard sequence.count == 6 else { return }
        let report = MouseReport(old: sequence[3], column: sequence[4], row: sequence[5])
        emit(presses.event(of: report, at: now).map(InputEvent.mouse), &events)
        reset()
    }

    /// Nothing of a string is kept; it ends with BEL or `Esc \`, or where a line would.
    private mutating func advanceString(
        _ byte: UInt8,
        _ endsNext: Bool,
        _ events: inout [InputEvent]
    ) {
        switch byte {
        case 0x1B: state = .string(endsNext: true)
        case UInt8(ascii: "\\") where endsNext: reset()
        case 0x07, 0x18, 0x1A: reset()
        case 0..<0x20: abandon(byte, &events)
        default: state = .string(endsNext: false)
        }
    }

    private func named(byte: UInt8, from low: UInt8, to high: UInt8, first: Int) -> Key? {
        (low...high).contains(byte) ? .function(first + Int(byte - low)) : nil
    }
}
