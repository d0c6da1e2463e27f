package sluice.proxy.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateTransactions;

/**
 * Whether a template leaves the room that a client needs in its coinbase, and what becomes of one that does not (SV2 7.1).
 * Only the sum of the fees is known, so all transactions go or none: a block of less value is better than an invalid one.
 */
final class CoinbaseRoom {
    static final int MAX_SIGOPS_COST = 80_000;

    /** Header, counts, the coinbase's fixed parts, a script of 100 bytes and the commitment: what outputs come on top of. */
    private static final int FIXED_WEIGHT = 1_168;

    private static final int WEIGHT_PER_BYTE = 4;
    /** What Bitcoin Core reserves at least. */
    private static final int LEAST_WEIGHT = 2_000;
    /** What Bitcoin Core leaves to a coinbase where nobody says how much it needs. */
    private static final int USUAL_SIGOPS = 400;

    private CoinbaseRoom() {}

    /** The weight that a block needs beside its other transactions. */
    static long weightFor(CoinbaseReserve reserve) {
        return Math.max(LEAST_WEIGHT, FIXED_WEIGHT + WEIGHT_PER_BYTE * reserve.bytes());
    }

    /** The template as it can be given to the client; empty where none of it can. */
    static Optional<Template> fit(Template template, CoinbaseReserve reserve) {
        if (weightFor(reserve) > Block.MAX_WEIGHT || reserve.sigops() > MAX_SIGOPS_COST) {
            return Optional.empty();
        }
        if (template.transactions().isEmpty()) {
            // Only its source can know, and was told.
            return Optional.of(template);
        }
        TemplateTransactions transactions = template.transactions().get();
        boolean fits = transactions.weight() + weightFor(reserve) <= Block.MAX_WEIGHT
                && (transactions.sigops().isPresent()
                        ? transactions.sigops().getAsLong() + reserve.sigops() <= MAX_SIGOPS_COST
                        : transactions.raw().isEmpty() || reserve.sigops() <= USUAL_SIGOPS);
        if (fits) {
            return Optional.of(template);
        }
        return transactions.fees().isPresent()
                ? Optional.of(alone(template, transactions.fees().getAsLong()))
                : Optional.empty();
    }

    private static Template alone(Template template, long fees) {
        TemplateCoinbase coinbase = template.coinbase();
        List<TxOut> required = new ArrayList<>();
        for (TxOut output : coinbase.requiredOutputs()) {
            required.add(
                    WitnessCommitment.isCommitment(output.script())
                            ? WitnessCommitment.output(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE))
                            : output);
        }
        return new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                new TemplateCoinbase(
                        coinbase.version(),
                        coinbase.sequence(),
                        coinbase.lockTime(),
                        coinbase.scriptSigPrefix(),
                        coinbase.value() - fees,
                        required,
                        coinbase.witnessReservedValue()),
                MerklePath.EMPTY,
                Optional.of(TemplateTransactions.NONE),
                Optional.of("a client needs more room for its coinbase than the transactions leave"));
    }
}
