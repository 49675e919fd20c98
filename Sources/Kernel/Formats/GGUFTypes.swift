// The numbers of tensor types in GGUF files, after the ggml type list.
// Types that Workbench does not decode are known by name only, so that an error can say which it is.

enum GGUFTypes {
    /// The types that can be read, for messages.
    static let supported = "F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q4_K Q5_K Q6_K"

    /// The element kind with this number, or nil when it is not supported.
    static func dtype(code: UInt32) -> DType? {
        switch code {
        case 0: .f32
        case 1: .f16
        case 2: .q4_0
        case 3: .q4_1
        case 6: .q5_0
        case 7: .q5_1
        case 8: .q8_0
        case 12: .q4_K
        case 13: .q5_K
        case 14: .q6_K
        case 24: .i8
        case 25: .i16
        case 26: .i32
        case 27: .i64
        case 28: .f64
        case 30: .bf16
        default: nil
        }
    }

    /// Elements and bytes of a block of the types that are not supported but have a known size, after
    /// gguf's own table; a tensor of such a type can be passed over when it is not needed.
    static func unreadBlock(code: UInt32) -> (elements: Int, bytes: Int)? {
        switch code {
        case 9: (32, 40)
        case 10: (256, 84)
        case 11: (256, 110)
        case 15: (256, 292)
        case 16: (256, 66)
        case 17: (256, 74)
        case 18: (256, 98)
        case 19: (256, 50)
        case 20: (32, 18)
        case 21: (256, 110)
        case 22: (256, 82)
        case 23: (256, 136)
        case 29: (256, 56)
        case 34: (256, 54)
        case 35: (256, 66)
        case 39: (32, 17)
        case 40: (64, 36)
        case 41: (128, 18)
        default: nil
        }
    }

    /// The number of an element kind, or nil for kinds that GGUF lacks.
    static func code(of dtype: DType) -> UInt32? {
        (0...30).first { self.dtype(code: $0) == dtype }
    }

    /// The name of any type number, supported or not.
    static func name(code: UInt32) -> String {
        if let dtype = dtype(code: code) { return dtype.rawValue }
        let names: [UInt32: String] = [
            4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS",
            17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
            23: "IQ4_XS", 29: "IQ1_M", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8",
            34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
        ]
        return names[code] ?? "number \(code)"
    }
}
