package sluice.upstream.provider;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;

/**
 * A NewTemplate that was checked field by field; it becomes a {@link Template} together with a tip.
 *
 * @param height of the block to be found, which the coinbase prefix names (BIP34)
 */
record ProvidedTemplate(long id, long height, long version, TemplateCoinbase coinbase, MerklePath merklePath) {
    /** Longest start of the coinbase scriptSig that a provider may prescribe (SV2 7.2). */
    static final int MAX_PREFIX_LENGTH = 8;

    /** Throws IllegalArgumentException that says which field cannot be used and why. */
    static ProvidedTemplate of(NewTemplate message) {
        Bytes prefix = message.coinbasePrefix();
        if (prefix.length() > MAX_PREFIX_LENGTH) {
            throw new IllegalArgumentException(
                    "coinbase_prefix has " + prefix.length() + " bytes, at most " + MAX_PREFIX_LENGTH);
        }
        long height = Bip34.heightOf(prefix)
                .orElseThrow(() ->
                        new IllegalArgumentException("coinbase_prefix " + prefix.hex() + " names no block height"));
        long value = message.coinbaseTxValueRemaining();
        if (value < 0 || value > TxOut.MAX_MONEY) {
            throw new IllegalArgumentException(
                    "coinbase_tx_value_remaining is " + Long.toUnsignedString(value) + ", more than there is");
        }
        List<TxOut> outputs = outputs(message);
        return new ProvidedTemplate(
                message.templateId(),
                height,
                message.version(),
                new TemplateCoinbase(
                        message.coinbaseTxVersion(),
                        message.coinbaseTxInputSequence(),
                        message.coinbaseTxLocktime(),
                        prefix,
                        value,
                        outputs,
                        // A coinbase with a witness and without a commitment to it is invalid.
                        WitnessCommitment.in(outputs).isPresent() ? Coinbase.ZERO_RESERVED_VALUE : Bytes.EMPTY),
                MerklePath.of(message.merklePath()));
    }

    private static List<TxOut> outputs(NewTemplate message) {
        long count = message.coinbaseTxOutputsCount();
        if (count > message.coinbaseTxOutputs().length()) {
            throw new IllegalArgumentException("coinbase_tx_outputs_count is " + count + " for "
                    + message.coinbaseTxOutputs().length() + " bytes");
        }
        try {
            return TxOut.parseSequence(message.coinbaseTxOutputs(), (int) count);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("coinbase_tx_outputs: " + malformed.getMessage(), malformed);
        }
    }

    /**
     * The template to mine on.
     *
     * @param templateId unique within the source, whatever the provider's own id is
     * @param curTime the tip's own timestamp, or later by as much as time has passed since (SV2 7.3, 7.7)
     */
    Template on(SetNewPrevHash tip, long templateId, long curTime) {
        return new Template(
                templateId,
                height,
                version,
                new ChainTip(tip.prevHash(), tip.nbits(), tip.headerTimestamp()),
                tip.target(),
                curTime,
                coinbase,
                merklePath,
                Optional.empty(),
                Optional.empty());
    }
}
