// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Dashboard

/// Preferences as text, as a person may have written it.
struct PreferencesTests {
    @Test func `a file as a person writes it`() {
        let (preferences, faults) = PreferencesText.read(
            """
            # mine
              theme=light
            big =on\t

            captions = off
            mouse = off
            sort.machines = awaits at, descending
            sort.workers = busy,ascending
            """
        )
        #expect(faults.isEmpty)
        var expected = Preferences()
        expected.theme = .light
        expected.isBig = true
        expected.showsCaptions = false
        expected.usesMouse = false
        expected.sorts[.machines] = Sort(column: "awaits at", isDescending: true)
        expected.sorts[.workers] = Sort(column: "busy", isDescending: false)
        #expect(preferences == expected)
    }

    @Test func `a broken line is named, and the others count`() {
        let (preferences, faults) = PreferencesText.read(
            "theme = blue\nbig = yes\r\nnonsense\n\nsort.machines = age\ncalm = on\nshape = round"
        )
        #expect(faults.map(\.line) == [1, 2, 3, 5, 7])
        #expect(faults[0].sentence.hasPrefix("There is no theme 'blue', only safe, dark"))
        #expect(faults[1].sentence == "big is on or off, not 'yes'; the default is used.")
        #expect(faults[2].sentence.contains("not of the form key = value"))
        #expect(faults[3].sentence.hasPrefix("'age' is no order"))
        #expect(faults[4].sentence == "There is no setting 'shape'; it is left out.")
        var expected = Preferences()
        expected.isCalm = true
        #expect(preferences == expected)
    }

    @Test func `whatever is written is read again`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<1000 {
            let preferences = Self.preferences(&random)
            let (again, faults) = PreferencesText.read(PreferencesText.write(preferences))
            #expect(again == preferences, "seed \(seed)")
            #expect(faults.isEmpty, "seed \(seed)")
        }
    }

    @Test func `damaged files cost lines, never more`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Seed of the damage: \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            var bytes = Array(PreferencesText.write(Self.preferences(&random)).utf8)
            for _ in 0..<1 + random.below(8) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(random.below(256)), at: place)
                default: bytes.removeLast(random.below(bytes.count))
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let (preferences, faults) = PreferencesText.read(text)
            // What was understood is written as something that is understood the same way.
            let again = PreferencesText.read(PreferencesText.write(preferences))
            #expect(again.preferences == preferences, "seed \(seed)")
            #expect(again.faults.isEmpty, "seed \(seed)")
            #expect(faults.allSatisfy { $0.line > 0 && $0.sentence.count < 120 }, "seed \(seed)")
        }
    }

    @Test func `only what has changed is adopted`() {
        var stored = Preferences()
        stored.theme = .light
        stored.sorts[.workers] = Sort(column: "busy", isDescending: true)
        var old = Preferences()
        old.isCalm = true
        old.sorts[.pollers] = Sort(column: "for", isDescending: true)
        var new = old
        new.isBig = true
        new.sorts[.pollers] = nil
        new.sorts[.machines] = Sort(column: "age", isDescending: true)
        stored.sorts[.pollers] = old.sorts[.pollers]
        stored.adopt(changesFrom: old, to: new)
        var expected = Preferences()
        expected.theme = .light
        expected.isBig = true
        expected.sorts[.workers] = Sort(column: "busy", isDescending: true)
        expected.sorts[.machines] = Sort(column: "age", isDescending: true)
        #expect(stored == expected)
    }

    private static func preferences(_ random: inout SeededRandom) -> Preferences {
        var preferences = Preferences()
        preferences.theme = Theme.allCases[random.below(Theme.allCases.count)]
        preferences.isBig = random.below(2) == 0
        preferences.isCalm = random.below(2) == 0
        preferences.showsCaptions = random.below(2) == 0
        preferences.usesMouse = random.below(2) == 0
        for list in ListID.allCases where random.below(3) == 0 {
            let column = ["age", "awaits at", "p99.9", "for"][random.below(4)]
            preferences.sorts[list] = Sort(column: column, isDescending: random.below(2) == 0)
        }
        return preferences
    }
}
