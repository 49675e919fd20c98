// The themes that are compiled in, so that the program runs without files. The texts are the same
// as in themes/; a test compares them. It knows nothing of the terminal that they are shown on.

extension Theme {
    /// The terminal's own sixteen colours.
    public static let standard = compiled("default", BuiltinThemes.defaultText)
    /// Calm colours for dark terminals.
    public static let dark = compiled("dark", BuiltinThemes.darkText)
    /// Dark ink on paper.
    public static let light = compiled("light", BuiltinThemes.lightText)
    /// The strongest contrasts, on black.
    public static let contrast = compiled("contrast", BuiltinThemes.contrastText)
    /// Without red against green.
    public static let deuteranopia = compiled("deuteranopia", BuiltinThemes.deuteranopiaText)
    /// Without blue against yellow.
    public static let tritanopia = compiled("tritanopia", BuiltinThemes.tritanopiaText)
    /// Warm and low, for dark rooms.
    public static let dusk = compiled("dusk", BuiltinThemes.duskText)
    /// No colours, only attributes.
    public static let mono = compiled("mono", BuiltinThemes.monoText)
    /// All that are compiled in.
    public static let builtin = [
        standard, dark, light, contrast, deuteranopia, tritanopia, dusk, mono,
    ]

    private static func compiled(_ name: String, _ text: String) -> Theme {
        do {
            return try ThemeFile.parse(text, name: name)
        } catch {
            preconditionFailure("the compiled theme \(name) does not parse: \(error)")
        }
    }
}

/// The texts of the compiled themes.
enum BuiltinThemes {
    static let defaultText = """
        # The terminal's own sixteen colours: looks like the rest of your terminal.
        # role = [foreground] [on background] [bold dim reverse underline italic]
        # Colours: default, a name, 0-255, or 0xRRGGBB.
        text = default
        dim = brightblack
        accent = cyan
        title = bold
        border = brightblack
        focusBorder = cyan
        selection = reverse
        inactiveSelection = underline
        heading = brightblack bold
        label = default
        value = default bold
        input = default underline
        placeholder = brightblack italic
        activeTab = cyan bold reverse
        tab = default
        key = cyan bold
        badge = reverse
        success = green
        warning = yellow
        error = red bold
        gauge = cyan
        status = brightblack
        plotRaw = brightblack dim
        plotSmooth = cyan bold
        plotEval = magenta bold
        plotOther = yellow
        plotOther2 = green
        plotOther3 = blue
        plotOther4 = red
        gridline = brightblack dim
        plotCursor = yellow
        trained = green
        masked = brightblack
        special = magenta
        speakerUser = cyan bold
        speakerModel = green bold
        speakerSystem = yellow
        code = yellow

        """

    static let darkText = """
        # Calm colours for a dark terminal with 256 colours or more.
        text = 0xD8DEE9
        dim = 0x6C7A96
        accent = 0x88C0D0
        title = 0xECEFF4 bold
        border = 0x4C566A
        focusBorder = 0x88C0D0
        selection = 0xECEFF4 on 0x3B5670
        inactiveSelection = 0xD8DEE9 on 0x3B4252
        heading = 0x81A1C1 bold
        label = 0xA9B4C8
        value = 0xECEFF4
        input = 0xECEFF4 on 0x3B4252
        placeholder = 0x6C7A96 italic
        activeTab = 0x2E3440 on 0x88C0D0 bold
        tab = 0xA9B4C8
        key = 0xEBCB8B bold
        badge = 0x2E3440 on 0xA3BE8C
        success = 0xA3BE8C
        warning = 0xEBCB8B
        error = 0xFF7A85 bold
        gauge = 0x88C0D0
        status = 0x81A1C1
        plotRaw = 0x4C6A86 dim
        plotSmooth = 0x8FD6E8 bold
        plotEval = 0xD79BD0 bold
        plotOther = 0xEBCB8B
        plotOther2 = 0xA3BE8C
        plotOther3 = 0x81A1C1
        plotOther4 = 0xD08770
        gridline = 0x3B4252
        plotCursor = 0xEBCB8B
        trained = 0xA3BE8C
        masked = 0x6C7A96
        special = 0xB48EAD
        speakerUser = 0x88C0D0 bold
        speakerModel = 0xA3BE8C bold
        speakerSystem = 0xD08770
        code = 0xEBCB8B

        """

    static let monoText = """
        # No colours at all: weight, underline and reverse carry the meaning.
        text = default
        dim = dim
        accent = bold
        title = bold
        border = dim
        focusBorder = bold
        selection = reverse
        inactiveSelection = underline
        heading = bold
        label = default
        value = default
        input = underline
        placeholder = dim
        activeTab = reverse
        tab = default
        key = bold
        badge = reverse
        success = default
        warning = underline
        error = bold underline
        gauge = default
        status = dim
        plotRaw = dim
        plotSmooth = bold
        plotEval = bold
        plotOther = default
        plotOther2 = default
        plotOther3 = default
        plotOther4 = default
        gridline = dim
        plotCursor = default
        trained = bold
        masked = dim
        special = underline
        speakerUser = bold
        speakerModel = default
        speakerSystem = dim
        code = default

        """
}
