// One message of a conversation.
// It knows neither templates nor datasets.

/// A message and its role.
public struct ChatMessage: Sendable, Equatable, Hashable {
    /// The role of the speaker.
    public enum Role: String, Sendable, CaseIterable {
        case system, user, assistant
        /// What a tool answered.
        case observation
        /// The model calling a tool.
        case function

        /// The role of a wire name; "tool" is an observation.
        public init?(named name: String) {
            if let role = Role(rawValue: name) {
                self = role
            } else if name == "tool" {
                self = .observation
            } else {
                return nil
            }
        }

        /// Whether the model answers this role, so that it stands at the even places.
        var isAsking: Bool { self == .user || self == .observation }

        /// Whether the model speaks, so that it stands at the odd places.
        var isAnswering: Bool { self == .assistant || self == .function }
    }

    /// The role of the speaker.
    public var role: Role
    /// What is said.
    public var content: String
    /// Whether a training may learn it; records can say no.
    public var isTrained: Bool

    /// A message.
    public init(_ role: Role, _ content: String, isTrained: Bool = true) {
        self.role = role
        self.content = content
        self.isTrained = isTrained
    }
}
