// What ranks that compute together ask of each other: sums, gathers, messages. It does not know who carries them, nor
// what they mean.

/// One rank's end of a group. Calls are made by the run's thread; collective ones by all ranks of the group in the same
/// order with the same sizes. After an error the group is of no more use.
public protocol Communicator: AnyObject {
    /// The place of this rank, 0 ..< `size`.
    var rank: Int { get }
    var size: Int { get }

    /// Elementwise sums over all ranks, on every rank. Neighbours are added first, then sums of neighbours, so that the
    /// order of the additions follows from the ranks alone.
    func allReduce(_ x: UnsafeMutableBufferPointer<Float>) throws(KernelError)
    /// The same sums of the caller's own shard only; what lies outside of it is undefined. Shard r is that of rank r.
    func reduceScatter(
        _ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]
    ) throws(KernelError)
    /// Fills every shard with what its rank has there.
    func allGather(
        _ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]
    ) throws(KernelError)
    /// Block r of `from` goes to rank r; block s of `to` comes from rank s. All blocks have `count` elements.
    func allToAll(
        _ from: UnsafeBufferPointer<Float>, into to: UnsafeMutableBufferPointer<Float>, count: Int
    ) throws(KernelError)
    /// Gives every rank what `root` has.
    func broadcast(
        _ bytes: UnsafeMutableRawBufferPointer, from root: Int
    ) throws(KernelError)
    /// The messages of all ranks, in their order; they may differ in length.
    func gather(_ message: [UInt8]) throws(KernelError) -> [[UInt8]]
    /// Sends to one rank and receives from another; no collective call, nil leaves out one half.
    func exchange(
        send: UnsafeBufferPointer<Float>?, to receiver: Int,
        receive: UnsafeMutableBufferPointer<Float>?, from sender: Int
    ) throws(KernelError)
    /// A group of the ranks that give the same color, in the order of their keys.
    func split(color: Int, key: Int) throws(KernelError) -> any Communicator
    /// Leaves the group. Ranks that wait for this one, now or later, end with the reason instead.
    func leave(because reason: Sentence)
}

/// The only rank: every call returns at once.
public final class SingleProcess: Communicator {
    public let rank = 0
    public let size = 1

    public init() {}

    public func allReduce(_ x: UnsafeMutableBufferPointer<Float>) {}
    public func reduceScatter(_ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]) {}
    public func allGather(_ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]) {}

    public func allToAll(
        _ from: UnsafeBufferPointer<Float>, into to: UnsafeMutableBufferPointer<Float>, count: Int
    ) {
        for i in 0..<count { to[i] = from[i] }
    }

    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {}
    public func gather(_ message: [UInt8]) -> [[UInt8]] { [message] }

    public func exchange(
        send: UnsafeBufferPointer<Float>?, to receiver: Int,
        receive: UnsafeMutableBufferPointer<Float>?, from sender: Int
    ) {
        guard let send, let receive else { return }
        for i in receive.indices { receive[i] = send[i] }
    }

    public func split(color: Int, key: Int) -> any Communicator { self }
    public func leave(because reason: Sentence) {}
}
