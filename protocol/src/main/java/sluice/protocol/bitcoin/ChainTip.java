package sluice.protocol.bitcoin;

/**
 * What every header on this tip shares: the previous block, the compact network target and the least ntime.
 *
 * @param prevHash hash of the previous block, internal order
 * @param nbits compact network target, U32
 * @param minNtime seconds since 1970, U32; the least ntime a share may carry (SV2 5.3.17)
 */
public record ChainTip(Hash256 prevHash, long nbits, long minNtime) {
    public Target networkTarget() {
        return Target.ofCompact(nbits);
    }
}
