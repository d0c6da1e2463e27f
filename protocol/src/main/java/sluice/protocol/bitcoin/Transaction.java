package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;

/**
 * A transaction, legacy or with witness (BIP144).
 *
 * @param version U32
 * @param inputs at least one
 * @param outputs at least one
 * @param lockTime U32
 */
public record Transaction(long version, List<TxIn> inputs, List<TxOut> outputs, long lockTime) {
    /** What a block may weigh, and so the most that any of its transactions can. */
    public static final int MAX_WEIGHT = 4_000_000;

    static final int WITNESS_SCALE = 4;
    /** Version, one input, one output, lock time. */
    static final int MIN_LENGTH = 4 + 1 + TxIn.MIN_LENGTH + 1 + TxOut.MIN_LENGTH + 4;

    private static final int VERSION_AND_LOCK_TIME = 8;
    private static final int MARKER_AND_FLAG = 2;

    public Transaction {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new IllegalArgumentException("a transaction has at least one input and one output");
        }
    }

    /** Parses exactly one transaction. Throws IllegalArgumentException naming the part that is wrong. */
    public static Transaction parse(Bytes raw) {
        if (raw.length() > MAX_WEIGHT) {
            throw new IllegalArgumentException("transaction: " + raw.length() + " bytes fit in no block");
        }
        RawReader reader = new RawReader(raw.toArray());
        Transaction transaction = read(reader);
        reader.expectEnd("transaction");
        return transaction;
    }

    static Transaction read(RawReader reader) {
        long version = reader.u32("transaction version");
        boolean witness = reader.peek(0) == 0;
        if (witness) {
            reader.u8("witness marker");
            if (reader.u8("witness flag") != 1) {
                throw new IllegalArgumentException("witness flag: not 1");
            }
        }
        int inputCount = reader.count(TxIn.MIN_LENGTH, "inputs");
        List<TxIn> inputs = new ArrayList<>(inputCount);
        for (int i = 0; i < inputCount; i++) {
            inputs.add(TxIn.read(reader));
        }
        int outputCount = reader.count(TxOut.MIN_LENGTH, "outputs");
        List<TxOut> outputs = new ArrayList<>(outputCount);
        for (int i = 0; i < outputCount; i++) {
            outputs.add(TxOut.read(reader));
        }
        if (witness) {
            readWitnesses(reader, inputs);
        }
        return new Transaction(version, inputs, outputs, reader.u32("lock time"));
    }

    private static void readWitnesses(RawReader reader, List<TxIn> inputs) {
        boolean any = false;
        for (int i = 0; i < inputs.size(); i++) {
            int items = reader.count(1, "witness");
            List<Bytes> stack = new ArrayList<>(items);
            for (int item = 0; item < items; item++) {
                stack.add(reader.prefixed("witness item"));
            }
            any |= items > 0;
            inputs.set(i, inputs.get(i).withWitness(stack));
        }
        if (!any) {
            throw new IllegalArgumentException("witness: announced, but every input's is empty");
        }
    }

    public boolean hasWitness() {
        for (TxIn input : inputs) {
            if (!input.witness().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    public boolean isCoinbase() {
        return inputs.size() == 1 && inputs.getFirst().isCoinbase();
    }

    /** As it stands in a block: with witness where there is one. */
    public Bytes serialise() {
        return hasWitness() ? write(true) : serialiseStripped();
    }

    /** Without marker, flag and witness. */
    public Bytes serialiseStripped() {
        return write(false);
    }

    /** Hash of the stripped form. */
    public Hash256 txid() {
        return Sha256d.of(serialiseStripped());
    }

    /** Hash of the full form; zero for a coinbase, as a witness commitment counts it (BIP141). */
    public Hash256 wtxid() {
        return isCoinbase() ? Hash256.ZERO : Sha256d.of(serialise());
    }

    /** Length of the full form, in bytes. */
    public int length() {
        return strippedLength() + witnessLength();
    }

    /** Three times the stripped length plus the full length (BIP141). */
    public int weight() {
        return WITNESS_SCALE * strippedLength() + witnessLength();
    }

    /** The sum of all outputs, in satoshis. */
    public long outputValue() {
        long sum = 0;
        for (TxOut output : outputs) {
            sum = Math.addExact(sum, output.value());
        }
        return sum;
    }

    private int strippedLength() {
        int length = VERSION_AND_LOCK_TIME + CompactSize.length(inputs.size()) + CompactSize.length(outputs.size());
        for (TxIn input : inputs) {
            length += input.strippedLength();
        }
        return length + TxOut.serialisedLength(outputs);
    }

    private int witnessLength() {
        if (!hasWitness()) {
            return 0;
        }
        int length = MARKER_AND_FLAG;
        for (TxIn input : inputs) {
            length += input.witnessLength();
        }
        return length;
    }

    private Bytes write(boolean witness) {
        RawWriter writer = new RawWriter(strippedLength() + (witness ? witnessLength() : 0));
        write(writer, witness);
        return writer.finish();
    }

    void write(RawWriter writer) {
        write(writer, hasWitness());
    }

    private void write(RawWriter writer, boolean witness) {
        writer.u32(version);
        if (witness) {
            writer.u8(0).u8(1);
        }
        writer.count(inputs.size());
        inputs.forEach(input -> input.write(writer));
        writer.count(outputs.size());
        outputs.forEach(output -> output.write(writer));
        if (witness) {
            inputs.forEach(input -> input.writeWitness(writer));
        }
        writer.u32(lockTime);
    }
}
