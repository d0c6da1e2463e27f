package sluice.protocol.bitcoin;

/**
 * What the chain demands of the next block.
 *
 * @param tip previous block, nbits and least ntime
 * @param height the block's own height
 * @param maxNtime the greatest ntime, seconds since 1970
 * @param maxCoinbaseValue subsidy and fees, in satoshis
 */
public record BlockRules(ChainTip tip, long height, long maxNtime, long maxCoinbaseValue) {
    /** How far ahead of the clock a block's time may be, in seconds. */
    public static final long MAX_FUTURE_SECONDS = 7200;
}
