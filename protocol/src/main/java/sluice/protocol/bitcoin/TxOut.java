package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;

/**
 * A transaction output.
 *
 * @param value satoshis, 0..{@link #MAX_MONEY}
 * @param script the output script, without length
 */
public record TxOut(long value, Bytes script) {
    /** 21 million bitcoin, in satoshis. */
    public static final long MAX_MONEY = 2_100_000_000_000_000L;
    /** Value and the length of an empty script. */
    static final int MIN_LENGTH = 9;

    public TxOut {
        if (value < 0 || value > MAX_MONEY) {
            throw new IllegalArgumentException(
                    "an output holds 0.." + MAX_MONEY + " satoshis, not " + Long.toUnsignedString(value));
        }
    }

    /** Length of the serialised output, in bytes. */
    public int serialisedLength() {
        return 8 + CompactSize.length(script.length()) + script.length();
    }

    /**
     * Parses {@code count} outputs that stand behind each other without a count, as SV2 template distribution carries
     * them (7.2). Throws IllegalArgumentException unless they consume {@code raw} exactly.
     */
    public static List<TxOut> parseSequence(Bytes raw, int count) {
        return parse(new RawReader(raw.toArray()), count);
    }

    /**
     * Parses outputs that stand behind their count, as job declaration carries them (SV2 5.3.18, 6.4.3). Throws
     * IllegalArgumentException unless they consume {@code raw} exactly.
     */
    public static List<TxOut> parseList(Bytes raw) {
        RawReader reader = new RawReader(raw.toArray());
        return parse(reader, reader.count(MIN_LENGTH, "outputs"));
    }

    private static List<TxOut> parse(RawReader reader, int count) {
        List<TxOut> outputs = new ArrayList<>(Math.min(count, reader.remaining() / MIN_LENGTH));
        for (int i = 0; i < count; i++) {
            outputs.add(read(reader));
        }
        reader.expectEnd("outputs");
        return List.copyOf(outputs);
    }

    /** The outputs behind each other, without a count. */
    public static Bytes serialiseSequence(List<TxOut> outputs) {
        RawWriter writer = new RawWriter(serialisedLength(outputs));
        outputs.forEach(output -> output.write(writer));
        return writer.finish();
    }

    /** The outputs behind their count. */
    public static Bytes serialiseList(List<TxOut> outputs) {
        RawWriter writer = new RawWriter(CompactSize.length(outputs.size()) + serialisedLength(outputs));
        writer.count(outputs.size());
        outputs.forEach(output -> output.write(writer));
        return writer.finish();
    }

    static int serialisedLength(List<TxOut> outputs) {
        int length = 0;
        for (TxOut output : outputs) {
            length += output.serialisedLength();
        }
        return length;
    }

    static TxOut read(RawReader reader) {
        return new TxOut(reader.u64("output value"), reader.prefixed("output script"));
    }

    void write(RawWriter writer) {
        writer.u64(value).prefixed(script);
    }
}
