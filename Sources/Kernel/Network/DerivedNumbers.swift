// Numbers that follow from weights alone, computed once for a conversation instead of once a token. They are kept by
// the cache of the conversation, which is wrong as soon as the weights change, as they are.

/// Tensors by those that made them.
final class DerivedNumbers {
    private var tensors: [ObjectIdentifier: Tensor] = [:]

    /// The numbers of an owner, made when they are not there.
    func numbers(of owner: AnyObject, _ make: () -> Tensor) -> Tensor {
        if let tensor = tensors[ObjectIdentifier(owner)] { return tensor }
        let tensor = make()
        tensors[ObjectIdentifier(owner)] = tensor
        return tensor
    }

    func clear() { tensors = [:] }
}
