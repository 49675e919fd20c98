// A weight as products read it, frozen or trained.

/// How products find the numbers of a weight.
enum WeightNumbers {
    /// In memory as they are multiplied.
    case floats(Tensor)
    /// To be decoded, some rows at a time.
    case packed(any PackedWeight)
}
