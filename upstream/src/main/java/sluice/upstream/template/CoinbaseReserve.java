package sluice.upstream.template;

import java.util.List;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;

/**
 * The room that a template must leave for the coinbase outputs that are put in front of its own (SV2 7.1).
 *
 * @param bytes of the serialised outputs
 * @param sigops their signature operation cost, U16
 */
public record CoinbaseReserve(long bytes, int sigops) {
    /** More than any block holds; a template provider hangs up without a word beyond it. */
    public static final int MAX_BYTES = 4_000_000;
    /** The largest that fits its field on the wire. */
    public static final int MAX_SIGOPS = 0xffff;

    public static final CoinbaseReserve NONE = new CoinbaseReserve(0, 0);

    /** A signature operation outside of a witness counts four times (BIP141). */
    private static final int SIGOP_COST = 4;

    public CoinbaseReserve {
        if (bytes < 0 || bytes > MAX_BYTES || sigops < 0 || sigops > MAX_SIGOPS) {
            throw new IllegalArgumentException("a coinbase reserve has 0.." + MAX_BYTES + " bytes and 0.." + MAX_SIGOPS
                    + " sigops, not " + bytes + " and " + sigops);
        }
    }

    /** What exactly these outputs need. */
    public static CoinbaseReserve of(List<TxOut> outputs) {
        long bytes = 0;
        int sigops = 0;
        for (TxOut output : outputs) {
            bytes += output.serialisedLength();
            sigops += SIGOP_COST * Script.sigops(output.script());
        }
        return new CoinbaseReserve(bytes, sigops);
    }

    /** Enough for this one and for {@code other} together, as far as that can be said on the wire. */
    public CoinbaseReserve plus(CoinbaseReserve other) {
        return new CoinbaseReserve(
                Math.min(MAX_BYTES, bytes + other.bytes), Math.min(MAX_SIGOPS, sigops + other.sigops));
    }

    /** Enough for this one and for {@code other}, whichever is used. */
    public CoinbaseReserve orMore(CoinbaseReserve other) {
        return new CoinbaseReserve(Math.max(bytes, other.bytes), Math.max(sigops, other.sigops));
    }
}
