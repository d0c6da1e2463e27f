package sluice.upstream.template;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.TxOut;

/**
 * What a template prescribes for the coinbase transaction.
 *
 * @param version U32
 * @param sequence U32
 * @param lockTime U32
 * @param scriptSigPrefix bytes that the scriptSig starts with: the height push (BIP34)
 * @param value satoshis that the outputs in front of {@code requiredOutputs} may sum up to
 * @param requiredOutputs placed last, the witness commitment among them
 * @param witnessReservedValue 32 bytes, or empty for a coinbase without witness
 */
public record TemplateCoinbase(
        long version,
        long sequence,
        long lockTime,
        Bytes scriptSigPrefix,
        long value,
        List<TxOut> requiredOutputs,
        Bytes witnessReservedValue) {

    public TemplateCoinbase {
        requiredOutputs = List.copyOf(requiredOutputs);
    }

    /**
     * The coinbase that pays the whole value to {@code payoutScript}. Throws IllegalArgumentException where {@code tag} is
     * too long.
     */
    public Coinbase payingTo(Bytes payoutScript, Bytes tag, int extranonceLength) {
        return paying(List.of(new TxOut(value, payoutScript)), tag, extranonceLength);
    }

    /** The coinbase with these outputs in front of its own. Throws IllegalArgumentException where {@code tag} is too long. */
    public Coinbase paying(List<TxOut> ours, Bytes tag, int extranonceLength) {
        List<TxOut> outputs = new ArrayList<>(ours);
        outputs.addAll(requiredOutputs);
        Coinbase.Builder builder = Coinbase.builder()
                .version(version)
                .sequence(sequence)
                .lockTime(lockTime)
                .scriptSigPrefix(scriptSigPrefix)
                .tag(tag)
                .extranonceLength(extranonceLength)
                .outputs(outputs);
        return witnessReservedValue.isEmpty()
                ? builder.build()
                : builder.witnessReservedValue(witnessReservedValue).build();
    }

    /** Bytes of a tag that the scriptSig takes beside such an extranonce, both with their opcodes. */
    public int roomForTag(int extranonceLength) {
        return Math.max(0, Coinbase.MAX_SCRIPT_SIG_LENGTH - scriptSigPrefix.length() - 1 - 1 - extranonceLength);
    }
}
