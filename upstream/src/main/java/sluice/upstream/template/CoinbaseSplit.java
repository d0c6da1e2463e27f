package sluice.upstream.template;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;

/**
 * How a coinbase provider splits the reward of one template.
 *
 * @param outputs in the order of the coinbase, at least one; together no more than the template is worth
 * @param tag bytes that the coinbase shows in front of the operator's own; may be empty
 */
public record CoinbaseSplit(List<TxOut> outputs, Bytes tag) {
    public CoinbaseSplit {
        outputs = List.copyOf(outputs);
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException("a split without outputs");
        }
    }

    /** What the outputs pay together. */
    public long sum() {
        return outputs.stream().mapToLong(TxOut::value).sum();
    }

    /** The outputs of a coinbase worth {@code value}: what they leave of it goes to {@code rest}, behind them. */
    public List<TxOut> over(long value, Bytes rest) {
        long left = value - sum();
        if (left == 0) {
            return outputs;
        }
        List<TxOut> all = new ArrayList<>(outputs);
        all.add(new TxOut(left, rest));
        return all;
    }

    /** Its tag and {@code own} behind it, cut to {@code room} bytes. */
    public Bytes tagBefore(Bytes own, int room) {
        Bytes both = Bytes.concat(tag, own);
        return both.slice(0, Math.min(both.length(), room));
    }
}
