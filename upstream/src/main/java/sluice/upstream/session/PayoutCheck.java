package sluice.upstream.session;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Address;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamJob;

/**
 * Whom the coinbase of a pool's jobs has to pay.
 *
 * @param scripts output scripts that count as the right ones; none: anything goes
 * @param leastPercent how much of the whole they must be paid together; 0: anything at all
 * @param leaves whether a pool that pays others is left, or only spoken of
 */
public record PayoutCheck(List<Bytes> scripts, int leastPercent, boolean leaves) {
    /** Pools may pay whom they like. */
    public static final PayoutCheck NONE = new PayoutCheck(List.of(), 0, false);

    private static final int PERCENT = 100;
    private static final int SHOWN_SCRIPT_BYTES = 40;

    public PayoutCheck {
        scripts = List.copyOf(scripts);
        if (leastPercent < 0 || leastPercent > PERCENT) {
            throw new IllegalArgumentException("a payout of " + leastPercent + " percent");
        }
    }

    /** What is wrong with the payout of {@code job}, whose miners roll {@code extranonceSize} bytes; empty where nothing is. */
    Optional<String> complaint(UpstreamJob job, int extranonceSize) {
        if (scripts.isEmpty()) {
            return Optional.empty();
        }
        List<TxOut> outputs;
        try {
            outputs = Transaction.parse(Bytes.concat(
                            job.coinbasePrefix(),
                            job.extranoncePrefix(),
                            Bytes.zeros(extranonceSize),
                            job.coinbaseSuffix()))
                    .outputs();
        } catch (IllegalArgumentException unreadable) {
            return Optional.of("the coinbase of a job cannot be read: " + unreadable.getMessage());
        }
        long total = 0;
        long ours = 0;
        TxOut largest = outputs.getFirst();
        for (TxOut output : outputs) {
            total += output.value();
            if (total > TxOut.MAX_MONEY) {
                return Optional.of("the coinbase of a job pays more than there is");
            }
            ours += scripts.contains(output.script()) ? output.value() : 0;
            largest = output.value() > largest.value() ? output : largest;
        }
        boolean enough = ours > 0 && ours * PERCENT >= total * leastPercent;
        return enough
                ? Optional.empty()
                : Optional.of("a job pays " + ours + " of " + total
                        + " satoshis to the payouts of this upstream; most goes to " + inWords(largest.script()));
    }

    private static String inWords(Bytes script) {
        return Address.ofScript(script, Network.MAINNET)
                .map(Address::text)
                .orElseGet(() -> "the script "
                        + (script.length() > SHOWN_SCRIPT_BYTES
                                ? script.slice(0, SHOWN_SCRIPT_BYTES).hex() + "..."
                                : script.hex()));
    }
}
