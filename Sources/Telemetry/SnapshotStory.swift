// SPDX-License-Identifier: Apache-2.0

extension RuntimeSnapshot {
    /// What one machine did since it is watched, oldest first, and what is known of it alone.
    package struct Story: Codable, Equatable, Sendable {
        package struct Step: Codable, Equatable, Sendable {
            package var elapsedSeconds: Double
            /// What it became: `running`, `queued`, `suspended`, `ended`, the operation awaited, or
            /// `left`, for another runtime.
            package var state: String
            /// The thread that made it so.
            package var thread: String
            /// A place in `States.chains`; `nil` for none.
            package var chain: Int?
            /// Where its continuation was placed, if this is the beginning of a run; else empty.
            package var placement = ""
            /// For how long it had been what it was before.
            package var afterMicroseconds: Int

            package init(
                elapsedSeconds: Double,
                state: String,
                thread: String,
                chain: Int?,
                afterMicroseconds: Int
            ) {
                self.elapsedSeconds = elapsedSeconds
                self.state = state
                self.thread = thread
                self.chain = chain
                self.afterMicroseconds = afterMicroseconds
            }
        }

        /// Children of one kind that have begun since the machine is watched, and how many of them are
        /// done.
        package struct Children: Codable, Equatable, Sendable {
            package var started: Int
            package var done: Int

            package init(started: Int, done: Int) {
                self.started = started
                self.done = done
            }
        }

        /// A task-local value, as the machine's own thread read it.
        package struct Local: Codable, Equatable, Sendable {
            package var name: String
            package var text: String
            /// Whether the task or one that it came from has bound it; else it is the default.
            package var isBound: Bool

            package init(name: String, text: String, isBound: Bool) {
                self.name = name
                self.text = text
                self.isBound = isBound
            }
        }

        /// The machine's number.
        package var machine: Int
        /// Since when it is watched.
        package var sinceSeconds: Double
        package var steps: [Step] = []
        /// Steps before the first of `steps`, which are no longer kept.
        package var stepsBefore = 0
        package var groupChildren = Children(started: 0, done: 0)
        package var asyncLetChildren = Children(started: 0, done: 0)
        package var locals: [Local] = []
        /// When `locals` were read; `nil` for not yet.
        package var localsSeconds: Double?

        package init(machine: Int, sinceSeconds: Double) {
            self.machine = machine
            self.sinceSeconds = sinceSeconds
        }
    }
}
