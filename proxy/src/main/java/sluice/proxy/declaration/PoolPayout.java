package sluice.proxy.declaration;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.template.Template;

/**
 * What every job of a client must pay us (SV2 6.4.3). Nobody here can credit a miner with less than a share is worth, so a
 * job whose reward goes to others, even in part, is none of ours.
 *
 * @param script output script that gets the whole reward
 */
public record PoolPayout(Bytes script) {
    public PoolPayout {
        if (script.isEmpty()) {
            throw new IllegalArgumentException("the payout script is empty: anyone could take the reward");
        }
    }

    /** What a client is told to put into its coinbase: no value yet. */
    List<TxOut> outputs() {
        return List.of(new TxOut(0, script));
    }

    /** The subsidy, which no choice of transactions makes smaller; empty where nobody tells how much of a reward are fees. */
    static OptionalLong subsidy(Template template) {
        return template.transactions().isPresent()
                        && template.transactions().get().fees().isPresent()
                ? OptionalLong.of(template.coinbase().value()
                        - template.transactions().get().fees().getAsLong())
                : OptionalLong.empty();
    }

    /** Why a coinbase with these outputs does not pay us; empty where it does. */
    Optional<String> fault(List<TxOut> outputs, OptionalLong subsidy) {
        long ours = 0;
        for (TxOut output : outputs) {
            if (output.script().equals(script)) {
                ours += output.value();
            } else if (output.value() > 0) {
                // Named by its value only, as its script may be longer than an answer.
                return Optional.of(
                        output.value() + " satoshis go to others: all go to the pool's output " + script.hex());
            }
            // In steps, as each is bounded and their sum need not be.
            if (ours > TxOut.MAX_MONEY) {
                return Optional.of("it pays more than there is");
            }
        }
        if (ours == 0 || ours < subsidy.orElse(0)) {
            return Optional.of("the pool's output " + script.hex() + " gets " + ours + " satoshis"
                    + (subsidy.isPresent() ? ", and the subsidy alone are " + subsidy.getAsLong() : ""));
        }
        return Optional.empty();
    }
}
