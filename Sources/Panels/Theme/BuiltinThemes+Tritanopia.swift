// The compiled theme tritanopia. A test compares it with the file of the same name in themes/.

extension BuiltinThemes {
    static let tritanopiaText = """
        # Teal against red: meanings stay apart without telling blue from yellow.
        text = 0xEAE8E8 on 0x171719
        dim = 0xA39E9E
        accent = 0x4FD1CF
        title = 0xFFFFFF bold
        border = 0x635F60
        focusBorder = 0x4FD1CF
        selection = 0xFFFFFF on 0x155E60
        inactiveSelection = 0xEAE8E8 on 0x343132
        heading = 0x7CDDDB bold
        label = 0xCBC6C6
        value = 0xFFFFFF
        input = 0xFFFFFF on 0x302D2E
        placeholder = 0xA39E9E italic
        activeTab = 0x0F1516 on 0x4FD1CF bold
        tab = 0xCBC6C6
        key = 0xFFB0BE bold
        badge = 0x0F1516 on 0x4FD1CF
        success = 0x4FD1CF
        warning = 0xFFB0BE
        error = 0xFF5A5A bold
        gauge = 0x4FD1CF
        status = 0x7CDDDB
        plotRaw = 0x5C8080 dim
        plotSmooth = 0x4FD1CF bold
        plotEval = 0xFF8CA0 bold
        plotOther = 0xE8E8E8
        plotOther2 = 0xF3C4E0
        plotOther3 = 0xFF5A5A
        plotOther4 = 0xA39E9E
        gridline = 0x3A3738
        plotCursor = 0xFFB0BE
        trained = 0x4FD1CF
        masked = 0xA39E9E
        special = 0xF3C4E0
        speakerUser = 0x4FD1CF bold
        speakerModel = 0x4FD1CF bold
        speakerSystem = 0xFF9E8F
        code = 0xFFB0BE

        """
}
