// SPDX-License-Identifier: Apache-2.0

internal import Dashboard
internal import FoundationEssentials

/// The file in which preferences are kept from one run to the next.
///
/// It is written whenever one of them changes, and not at the end, which a killed program never
/// reaches; each time as a whole, beside the old one, and then put in its place, so that it is never half.
final class PreferencesFile {
    /// What a file says, and what is wrong with it.
    struct Content {
        var preferences = Preferences()
        var remarks: [String] = []
    }

    /// Larger than any that this program writes.
    private static let largest = 65_536

    let url: URL
    private var hasFailed = false

    init(url: URL) {
        self.url = url
    }

    /// `$XDG_CONFIG_HOME/pooltop/preferences`, or that in `~/.config`; `nil` where there is no home.
    ///
    /// A relative path in the variable is not valid, says its specification.
    static var standard: PreferencesFile? {
        standard(in: ProcessInfo.processInfo.environment)
    }

    static func standard(in environment: [String: String]) -> PreferencesFile? {
        var directory: URL?
        if let path = environment["XDG_CONFIG_HOME"], path.hasPrefix("/") {
            directory = URL(filePath: path)
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            directory = URL(filePath: home).appending(path: ".config")
        }
        return directory.map { PreferencesFile(url: $0.appending(path: "pooltop/preferences")) }
    }

    /// Reads the file; where there is none, the defaults.
    func read() -> Content {
        let path = url.path
        let target = url.resolvingSymlinksInPath()
        guard FileManager.default.fileExists(atPath: target.path) else { return Content() }
        // What is no ordinary file might never end, or never begin.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target.path),
            attributes[.type] as? FileAttributeType == .typeRegular,
            Self.size(attributes) <= Self.largest,
            let data = try? Data(contentsOf: target)
        else {
            return Content(remarks: ["\(path) cannot be read; the defaults are used."])
        }
        let (preferences, faults) = PreferencesText.read(String(decoding: data, as: UTF8.self))
        // What is wrong first: on a narrow screen the end is cut.
        let remarks = faults.map { "preferences, line \($0.line): \($0.sentence) (\(path))" }
        return Content(preferences: preferences, remarks: remarks)
    }

    /// The number comes as one type with all of Foundation, and as another without.
    private static func size(_ attributes: [FileAttributeKey: Any]) -> Int {
        if let size = attributes[.size] as? Int { return size }
        guard let size = attributes[.size] as? any BinaryInteger else { return .max }
        return Int(clamping: size)
    }

    /// Writes what has changed into the file; what it says otherwise stays.
    ///
    /// Returns a sentence for the user where that is not possible, but only once.
    func keep(changesFrom old: Preferences, to new: Preferences) -> String? {
        var preferences = read().preferences
        preferences.adopt(changesFrom: old, to: new)
        do {
            // A link, as people have who keep such files elsewhere, stays a link.
            let target = url.resolvingSymlinksInPath()
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let text = PreferencesText.write(preferences)
            try Data(text.utf8).write(to: target, options: .atomic)
            return nil
        } catch {
            defer { hasFailed = true }
            return hasFailed ? nil : "\(url.path) cannot be written; nothing is kept."
        }
    }
}
