// The compiled theme contrast. A test compares it with the file of the same name in themes/.

extension BuiltinThemes {
    static let contrastText = """
        # The strongest contrasts: white and saturated colours on black.
        text = 0xFFFFFF on 0x000000
        dim = 0xC8C8C8
        accent = 0x5CE1FF
        title = 0xFFFFFF bold
        border = 0xA0A0A0
        focusBorder = 0x5CE1FF
        selection = 0x000000 on 0xFFE600
        inactiveSelection = 0xFFFFFF on 0x4A4A4A
        heading = 0x5CE1FF bold
        label = 0xFFFFFF
        value = 0xFFFFFF
        input = 0xFFFFFF on 0x333333
        placeholder = 0xC8C8C8 italic
        activeTab = 0x000000 on 0x5CE1FF bold
        tab = 0xFFFFFF
        key = 0xFFE600 bold
        badge = 0x000000 on 0x6CFF6C
        success = 0x6CFF6C
        warning = 0xFFE600
        error = 0xFF7070 bold
        gauge = 0x5CE1FF
        status = 0x5CE1FF
        plotRaw = 0x9AA7B0 dim
        plotSmooth = 0x5CE1FF bold
        plotEval = 0xFF8CFF bold
        plotOther = 0xFFE600
        plotOther2 = 0x6CFF6C
        plotOther3 = 0xFFB050
        plotOther4 = 0xFF7070
        gridline = 0x606060
        plotCursor = 0xFFE600
        trained = 0x6CFF6C
        masked = 0xC8C8C8
        special = 0xFF9CFF
        speakerUser = 0x5CE1FF bold
        speakerModel = 0x6CFF6C bold
        speakerSystem = 0xFFB050
        code = 0xFFE600

        """
}
