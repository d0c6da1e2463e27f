package sluice.upstream.template;

import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;

/**
 * The transactions of a template, without the coinbase.
 *
 * @param raw serialised with witness, in block order
 * @param weight the sum of their weights
 * @param fees the sum of their fees in satoshis, where the source tells
 * @param sigops the sum of their signature operation costs, where the source tells
 * @param excessData what the source gave beside them, for whoever checks a declared job; opaque (SV2 7.5)
 */
public record TemplateTransactions(
        List<Bytes> raw, long weight, OptionalLong fees, OptionalLong sigops, Bytes excessData) {
    public static final TemplateTransactions NONE =
            new TemplateTransactions(List.of(), 0, OptionalLong.of(0), OptionalLong.of(0));

    public TemplateTransactions {
        raw = List.copyOf(raw);
    }

    /** Without excess data. */
    public TemplateTransactions(List<Bytes> raw, long weight, OptionalLong fees, OptionalLong sigops) {
        this(raw, weight, fees, sigops, Bytes.EMPTY);
    }
}
