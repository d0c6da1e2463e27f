package sluice.upstream.template;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;

/** Whether a template with our coinbase in it is a block that the chain takes. */
public final class TemplateLimits {
    /** What is kept free for our coinbase where we choose among transactions, in weight units. */
    static final int COINBASE_WEIGHT = 4_000;

    /** The same in signature operations. */
    static final int COINBASE_SIGOPS = 400;

    /** Of a coinbase but for its outputs: a script of 100 bytes, a witness and a commitment among it. */
    private static final int COINBASE_WITHOUT_OUTPUTS = 1_000;

    private static final int WEIGHT_PER_BYTE = 4;
    private static final int SIGOP_SCALE = 4;

    private TemplateLimits() {}

    /** What is kept free, in weight units, for a coinbase with such outputs. */
    static long weightFor(CoinbaseReserve reserve) {
        return Math.max(COINBASE_WEIGHT, COINBASE_WITHOUT_OUTPUTS + WEIGHT_PER_BYTE * reserve.bytes());
    }

    /** The same in signature operations. */
    static int sigopsFor(CoinbaseReserve reserve) {
        return Math.max(COINBASE_SIGOPS, reserve.sigops());
    }

    /** Whether as much is kept free for the one as for the other. */
    public static boolean leaveTheSame(CoinbaseReserve one, CoinbaseReserve other) {
        return weightFor(one) == weightFor(other) && sigopsFor(one) == sigopsFor(other);
    }

    /**
     * Why no block can be made of {@code template} with {@code coinbase}; empty where one can, or where only its source knows.
     *
     * @param ours outputs of {@code coinbase} that stand in front of the template's own
     */
    public static Optional<String> fault(Template template, Coinbase coinbase, List<TxOut> ours) {
        if (template.transactions().isEmpty()) {
            return Optional.empty();
        }
        TemplateTransactions transactions = template.transactions().get();
        Bytes extranonce = Bytes.zeros(coinbase.extranonceLength());
        long coinbaseWeight = 3L * coinbase.stripped(extranonce).length()
                + coinbase.full(extranonce).length();
        long weight = Block.headWeight(transactions.raw().size() + 1) + coinbaseWeight + transactions.weight();
        if (weight > Block.MAX_WEIGHT) {
            return Optional.of("its block would weigh " + weight + " units, and " + Block.MAX_WEIGHT + " are the most");
        }
        long sigops = sigops(ours) + sigops(template.coinbase().requiredOutputs());
        sigops += transactions.sigops().orElse(0);
        return sigops > Block.MAX_SIGOPS
                ? Optional.of("its block would have " + sigops + " signature operations, and " + Block.MAX_SIGOPS
                        + " are the most")
                : Optional.empty();
    }

    private static long sigops(List<TxOut> outputs) {
        long sigops = 0;
        for (TxOut output : outputs) {
            sigops += SIGOP_SCALE * (long) Script.sigops(output.script());
        }
        return sigops;
    }
}
