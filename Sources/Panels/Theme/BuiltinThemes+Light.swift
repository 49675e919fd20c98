// The compiled theme light. A test compares it with the file of the same name in themes/.

extension BuiltinThemes {
    static let lightText = """
        # Dark ink on paper, for light terminals.
        text = 0x2B2F36 on 0xFBFAF6
        dim = 0x6A6F78
        accent = 0x005F9E
        title = 0x14171C bold
        border = 0xB3B7BD
        focusBorder = 0x005F9E
        selection = 0x14171C on 0xC9DDF0
        inactiveSelection = 0x2B2F36 on 0xE4E7EB
        heading = 0x3B5A80 bold
        label = 0x4A5563
        value = 0x14171C
        input = 0x14171C on 0xE9EDF1
        placeholder = 0x6A6F78 italic
        activeTab = 0xFFFFFF on 0x005F9E bold
        tab = 0x4A5563
        key = 0x8A4B00 bold
        badge = 0xFFFFFF on 0x2F6B35
        success = 0x2A6B31
        warning = 0x8A5A00
        error = 0xB3202C bold
        gauge = 0x005F9E
        status = 0x3B5A80
        plotRaw = 0x8FA6BC dim
        plotSmooth = 0x005F9E bold
        plotEval = 0x8B2F86 bold
        plotOther = 0x8A5A00
        plotOther2 = 0x2A6B31
        plotOther3 = 0x5B3FA0
        plotOther4 = 0xB3202C
        gridline = 0xD9DCE0
        plotCursor = 0x8A4B00
        trained = 0x2A6B31
        masked = 0x6A6F78
        special = 0x7A3E9D
        speakerUser = 0x005F9E bold
        speakerModel = 0x2A6B31 bold
        speakerSystem = 0xA0491A
        code = 0x8A4B00

        """
}
