package sluice.protocol.bitcoin;

import java.util.List;
import sluice.protocol.Bytes;

/**
 * A transaction input with its witness.
 *
 * @param prevTxid the transaction whose output is spent, internal order
 * @param prevIndex which of its outputs, U32
 * @param scriptSig without length
 * @param sequence U32
 * @param witness stack items, empty for an input without witness
 */
public record TxIn(Hash256 prevTxid, long prevIndex, Bytes scriptSig, long sequence, List<Bytes> witness) {
    /** The {@code prevIndex} of a coinbase input. */
    public static final long NO_INDEX = 0xffffffffL;

    static final int OUT_POINT_LENGTH = 36;
    /** Out point, the length of an empty script, sequence. */
    static final int MIN_LENGTH = OUT_POINT_LENGTH + 1 + 4;

    public TxIn {
        witness = List.copyOf(witness);
    }

    public boolean isCoinbase() {
        return prevIndex == NO_INDEX && prevTxid.equals(Hash256.ZERO);
    }

    static TxIn read(RawReader reader) {
        return new TxIn(
                reader.hash("input txid"),
                reader.u32("input index"),
                reader.prefixed("input script"),
                reader.u32("input sequence"),
                List.of());
    }

    TxIn withWitness(List<Bytes> stack) {
        return new TxIn(prevTxid, prevIndex, scriptSig, sequence, stack);
    }

    int strippedLength() {
        return OUT_POINT_LENGTH + CompactSize.length(scriptSig.length()) + scriptSig.length() + 4;
    }

    int witnessLength() {
        int length = CompactSize.length(witness.size());
        for (Bytes item : witness) {
            length += CompactSize.length(item.length()) + item.length();
        }
        return length;
    }

    void write(RawWriter writer) {
        writer.hash(prevTxid).u32(prevIndex).prefixed(scriptSig).u32(sequence);
    }

    void writeWitness(RawWriter writer) {
        writer.count(witness.size());
        witness.forEach(writer::prefixed);
    }
}
