package sluice.proxy.coinbase;

import java.util.List;
import sluice.protocol.bitcoin.Hash256;

/**
 * What a coinbase provider answers, as it came.
 *
 * @param requestId of what it was asked
 * @param prevHash as it was asked
 * @param value as it was asked
 */
public record OutputsAnswer(long requestId, Hash256 prevHash, long value, List<Output> outputs) {
    public OutputsAnswer {
        outputs = List.copyOf(outputs);
    }

    /**
     * @param script in hexadecimal digits
     * @param value satoshis
     */
    public record Output(String script, long value) {}
}
