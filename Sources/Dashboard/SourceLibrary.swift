// SPDX-License-Identifier: Apache-2.0

/// Source files, line by line, found by the paths that line tables name them with.
package struct SourceLibrary: Equatable, Sendable {
    /// A file by its last component; several may have the same.
    private var files: [String: [File]] = [:]

    private struct File: Equatable, Sendable {
        /// From the module's folder on, such as `Workload/Scenarios/Fanout.swift`.
        var path: String
        var lines: [String]
    }

    /// - Parameter files: paths from the modules' folders on, and texts.
    package init(_ files: [(path: String, text: String)]) {
        for (path, text) in files {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            self.files[Self.name(path), default: []].append(
                File(path: path, lines: lines.map(String.init))
            )
        }
    }

    /// The lines of the file with this path, which may begin anywhere above the module's folder.
    func lines(of path: String) -> [String]? {
        files[Self.name(path)]?.first { path == $0.path || path.hasSuffix("/" + $0.path) }?.lines
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
