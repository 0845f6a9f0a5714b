// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Telemetry

/// Places in the source where operations are awaited, numbered at first use.
///
/// The number is what an operation's slot holds, and the row of the tallies by site.
final class AwaitSites: Sendable {
    /// One place.
    struct Site: Sendable {
        var function: String
        /// `Module/File.swift:line`.
        var location: String
        var kind: OperationKind
        /// Row in the tallies by function.
        var functionRow: Int
    }

    private struct State {
        var sites: [Site]
        var functions: [String]
        var known: [String: Int] = [:]
    }

    /// Row 0 stands for tasks that have awaited nothing of ours yet.
    static let noFunction = "task"
    private let state: Lock<State>

    init() {
        let nothing = Site(
            function: AwaitSites.noFunction,
            location: "",
            kind: .post,
            functionRow: 0
        )
        state = Lock(State(sites: [nothing], functions: [AwaitSites.noFunction]))
    }

    var all: (sites: [Site], functions: [String]) {
        state.withLock { ($0.sites, $0.functions) }
    }

    /// The place of that number.
    func site(_ number: Int) -> Site {
        state.withLock { $0.sites[$0.sites.indices.contains(number) ? number : 0] }
    }

    /// Numbers that were given, and so rows of the tallies that are in use.
    var count: Int { state.withLock { max($0.sites.count, $0.functions.count) } }

    /// The numbers of a place and of its function; both stay below `Tally.rows`.
    func intern(_ call: CallSite, kind: OperationKind) -> (site: Int, functionRow: Int) {
        let name = AwaitSites.plainName(call.function)
        // Of an await in the standard library the file is known.
        let location = call.line == 0 ? "\(call.file)" : "\(call.file):\(call.line)"
        let key = "\(kind.rawValue) \(location)"
        return state.withLock { state in
            if let site = state.known[key] { return (site, state.sites[site].functionRow) }
            // The last row is shared by all that come too late.
            guard state.sites.count < Tally.rows else {
                let site = Tally.rows - 1
                return (site, state.sites[site].functionRow)
            }
            let row: Int
            if let known = state.functions.firstIndex(of: name) {
                row = known
            } else {
                row = state.functions.count
                state.functions.append(name)
            }
            state.sites.append(
                Site(function: name, location: location, kind: kind, functionRow: row)
            )
            state.known[key] = state.sites.count - 1
            return (state.sites.count - 1, row)
        }
    }

    /// `fetch(from:)` is shown as `fetch`.
    private static func plainName(_ function: StaticString) -> String {
        let name = "\(function)"
        return String(name.prefix { $0 != "(" })
    }

    /// A thread's own memory of the places it has seen, so that the lock is not on the path.
    ///
    /// Direct-mapped, keyed by the addresses of the literals: the same place may be remembered
    /// under several keys, but never a wrong place under one.
    // INVARIANT: belongs to one thread's context, and only that thread asks it.
    @safe final class Cache: @unchecked Sendable {
        private struct Entry {
            var file: UInt
            var lineAndKind: UInt
            var site: UInt16
            var functionRow: UInt16
        }

        private let entries: UnsafeMutablePointer<Entry>

        init() {
            unsafe entries = .allocate(capacity: 64)
            unsafe entries.initialize(
                repeating: Entry(file: 0, lineAndKind: 0, site: 0, functionRow: 0),
                count: 64
            )
        }

        deinit {
            unsafe entries.deallocate()
        }

        /// `sites` is asked for what is not remembered.
        func number(
            _ call: CallSite,
            kind: OperationKind,
            in sites: () -> AwaitSites
        ) -> (site: Int, functionRow: Int) {
            guard call.file.hasPointerRepresentation else {
                return sites().intern(call, kind: kind)
            }
            let address = unsafe UInt(bitPattern: call.file.utf8Start)
            let lineAndKind = call.line << 8 | UInt(kind.rawValue)
            let index = Int(truncatingIfNeeded: (address >> 4 ^ lineAndKind ^ call.line << 3) & 63)
            let entry = unsafe entries[index]
            if entry.file == address, entry.lineAndKind == lineAndKind {
                return (Int(entry.site), Int(entry.functionRow))
            }
            let (site, row) = sites().intern(call, kind: kind)
            unsafe entries[index] = Entry(
                file: address,
                lineAndKind: lineAndKind,
                site: UInt16(site),
                functionRow: UInt16(row)
            )
            return (site, row)
        }
    }
}
