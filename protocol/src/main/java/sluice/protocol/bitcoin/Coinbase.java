package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;

/**
 * A coinbase transaction split around its extranonce. Miners hash the stripped form, prefix | extranonce | suffix
 * (SV2 5.3.16: no BIP141 marker, flag or witness); a block carries the form with witness.
 */
public final class Coinbase {
    public static final int MIN_SCRIPT_SIG_LENGTH = 2;
    public static final int MAX_SCRIPT_SIG_LENGTH = 100;
    public static final int WITNESS_RESERVED_VALUE_LENGTH = 32;
    public static final Bytes ZERO_RESERVED_VALUE = Bytes.zeros(WITNESS_RESERVED_VALUE_LENGTH);

    private static final Bytes MARKER_AND_FLAG = Bytes.of((byte) 0, (byte) 1);
    private static final int VERSION_LENGTH = 4;
    private static final int OUTPOINT_LENGTH = 36;
    private static final int SEQUENCE_LENGTH = 4;
    private static final int LOCK_TIME_LENGTH = 4;
    /** Behind the version: one input, its outpoint, and the length of its script, which is one byte up to 100. */
    private static final int SCRIPT_SIG_AT = VERSION_LENGTH + 1 + OUTPOINT_LENGTH + 1;
    /** One stack item of 32 bytes, with both lengths. */
    private static final int WITNESS_LENGTH = 2 + WITNESS_RESERVED_VALUE_LENGTH;

    private final Bytes prefix;
    private final Bytes suffix;
    private final int extranonceLength;
    private final Bytes reservedValue;

    private Coinbase(Bytes prefix, Bytes suffix, int extranonceLength, Bytes reservedValue) {
        this.prefix = prefix;
        this.suffix = suffix;
        this.extranonceLength = extranonceLength;
        this.reservedValue = reservedValue;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** All stripped bytes in front of the extranonce. */
    public Bytes prefix() {
        return prefix;
    }

    /** All stripped bytes behind the extranonce. */
    public Bytes suffix() {
        return suffix;
    }

    /** All bytes of the scriptSig in front of the extranonce, as SetCustomMiningJob wants them (SV2 5.3.18). */
    public Bytes scriptSigHead() {
        return prefix.slice(SCRIPT_SIG_AT, prefix.length());
    }

    /** The outputs as they stand in the transaction, their count in front (SV2 5.3.18). */
    public Bytes countedOutputs() {
        return suffix.slice(SEQUENCE_LENGTH, suffix.length() - LOCK_TIME_LENGTH);
    }

    /** Length of the full extranonce, in bytes. */
    public int extranonceLength() {
        return extranonceLength;
    }

    public boolean hasWitness() {
        return !reservedValue.isEmpty();
    }

    /** All bytes in front of the extranonce in the form with witness, as DeclareMiningJob wants them (SV2 6.4.4). */
    public Bytes witnessPrefix() {
        return hasWitness()
                ? Bytes.concat(
                        prefix.slice(0, VERSION_LENGTH), MARKER_AND_FLAG, prefix.slice(VERSION_LENGTH, prefix.length()))
                : prefix;
    }

    /** All bytes behind the extranonce in the form with witness. */
    public Bytes witnessSuffix() {
        int lockTimeAt = suffix.length() - LOCK_TIME_LENGTH;
        return hasWitness()
                ? Bytes.concat(
                        suffix.slice(0, lockTimeAt),
                        Bytes.of((byte) 1, (byte) WITNESS_RESERVED_VALUE_LENGTH),
                        reservedValue,
                        suffix.slice(lockTimeAt, suffix.length()))
                : suffix;
    }

    /** The transaction without witness. Throws IllegalArgumentException for an extranonce of another length. */
    public Bytes stripped(Bytes extranonce) {
        requireExtranonce(extranonce);
        return Bytes.concat(prefix, extranonce, suffix);
    }

    /** The transaction as a block carries it. Throws IllegalArgumentException for an extranonce of another length. */
    public Bytes full(Bytes extranonce) {
        requireExtranonce(extranonce);
        return Bytes.concat(witnessPrefix(), extranonce, witnessSuffix());
    }

    public Hash256 txid(Bytes extranonce) {
        requireExtranonce(extranonce);
        return Sha256d.of(prefix, extranonce, suffix);
    }

    private void requireExtranonce(Bytes extranonce) {
        if (extranonce.length() != extranonceLength) {
            throw new IllegalArgumentException(
                    "this coinbase takes an extranonce of " + extranonceLength + " bytes, not " + extranonce.length());
        }
    }

    /**
     * The two halves of a coinbase transaction.
     *
     * @param prefix all bytes in front of the extranonce
     * @param suffix all bytes behind it
     */
    public record Halves(Bytes prefix, Bytes suffix) {}

    /**
     * Removes BIP141 marker, flag and witness from halves that still carry them, as some pools send them; stripped halves
     * come back unchanged. Throws IllegalArgumentException where the prefix announces a witness that the suffix lacks, or
     * is too short to tell.
     */
    public static Halves stripBip141(Bytes prefix, Bytes suffix) {
        if (prefix.length() < VERSION_LENGTH + MARKER_AND_FLAG.length()) {
            throw new IllegalArgumentException("coinbase prefix: cut short, " + prefix.length() + " bytes");
        }
        if (prefix.at(VERSION_LENGTH) != 0 || prefix.at(VERSION_LENGTH + 1) == 0) {
            return new Halves(prefix, suffix);
        }
        int witnessAt = suffix.length() - LOCK_TIME_LENGTH - WITNESS_LENGTH;
        if (witnessAt < 0 || suffix.at(witnessAt) != 1 || suffix.at(witnessAt + 1) != WITNESS_RESERVED_VALUE_LENGTH) {
            throw new IllegalArgumentException(
                    "coinbase suffix: the prefix has a BIP141 marker, but no 32-byte witness stands before the lock time");
        }
        return new Halves(
                Bytes.concat(
                        prefix.slice(0, VERSION_LENGTH),
                        prefix.slice(VERSION_LENGTH + MARKER_AND_FLAG.length(), prefix.length())),
                Bytes.concat(
                        suffix.slice(0, witnessAt), suffix.slice(suffix.length() - LOCK_TIME_LENGTH, suffix.length())));
    }

    /**
     * The block height (BIP34) of a coinbase that begins with {@code prefix}, without BIP141 marker and flag; empty where the
     * prefix is no beginning of one or its script starts with no height.
     */
    public static OptionalLong heightOf(Bytes prefix) {
        return prefix.length() <= SCRIPT_SIG_AT || prefix.at(VERSION_LENGTH) != 1
                ? OptionalLong.empty()
                : Bip34.heightOf(prefix.slice(SCRIPT_SIG_AT, prefix.length()));
    }

    /** Collects what a coinbase is made of; what is not set keeps the value that every block accepts. */
    public static final class Builder {
        private Bytes scriptSigPrefix = Bytes.EMPTY;
        // Absent where it is made of the others.
        private Bytes scriptSigHead;
        private final List<Bytes> tags = new ArrayList<>();
        private int extranonceLength;
        private long version = 2;
        private long sequence = 0xffffffffL;
        private long lockTime;
        private List<TxOut> outputs = List.of();
        private Bytes reservedValue = Bytes.EMPTY;

        private Builder() {}

        /** The bytes that the scriptSig starts with, as a template prescribes them. */
        public Builder scriptSigPrefix(Bytes bytes) {
            scriptSigPrefix = bytes;
            return this;
        }

        /** The height push that the scriptSig starts with (BIP34). */
        public Builder height(long height) {
            return scriptSigPrefix(Bip34.scriptSigPrefix(height));
        }

        /** Bytes to be pushed between the prefix and the extranonce, such as a pool's name; an empty tag is left out. */
        public Builder tag(Bytes tag) {
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
            return this;
        }

        /**
         * Every scriptSig byte in front of the extranonce, the opcode of its push included, as a custom job has it (SV2
         * 5.3.18): nothing else is put there.
         */
        public Builder scriptSigHead(Bytes bytes) {
            scriptSigHead = bytes;
            return this;
        }

        /** Length of the full extranonce, 0..75 bytes; 0 leaves its push out. */
        public Builder extranonceLength(int bytes) {
            extranonceLength = bytes;
            return this;
        }

        public Builder version(long u32) {
            version = u32;
            return this;
        }

        public Builder sequence(long u32) {
            sequence = u32;
            return this;
        }

        public Builder lockTime(long u32) {
            lockTime = u32;
            return this;
        }

        /** All outputs, in order. */
        public Builder outputs(List<TxOut> all) {
            outputs = List.copyOf(all);
            return this;
        }

        /** The coinbase's witness, 32 bytes; without it the coinbase has no witness. */
        public Builder witnessReservedValue(Bytes value) {
            if (value.length() != WITNESS_RESERVED_VALUE_LENGTH) {
                throw new IllegalArgumentException("a witness reserved value has 32 bytes, not " + value.length());
            }
            reservedValue = value;
            return this;
        }

        /** Throws IllegalArgumentException where the scriptSig would not have 2..100 bytes or there is no output. */
        public Coinbase build() {
            if (outputs.isEmpty()) {
                throw new IllegalArgumentException("a coinbase has at least one output");
            }
            Bytes head = scriptSigHead();
            int scriptSigLength = head.length() + extranonceLength;
            if (scriptSigLength < MIN_SCRIPT_SIG_LENGTH || scriptSigLength > MAX_SCRIPT_SIG_LENGTH) {
                throw new IllegalArgumentException(
                        "a coinbase scriptSig has 2..100 bytes, not " + scriptSigLength + ": "
                                + scriptSigPrefix.length() + " of height, "
                                + tags.stream().mapToInt(Bytes::length).sum() + " of tags, " + extranonceLength
                                + " of extranonce and their opcodes; shorten the tag");
            }
            RawWriter front = new RawWriter(VERSION_LENGTH + 1 + TxIn.OUT_POINT_LENGTH + 1 + head.length());
            front.u32(version).count(1).hash(Hash256.ZERO).u32(TxIn.NO_INDEX);
            front.count(scriptSigLength).bytes(head);
            RawWriter back = new RawWriter(
                    4 + CompactSize.length(outputs.size()) + TxOut.serialisedLength(outputs) + LOCK_TIME_LENGTH);
            back.u32(sequence).count(outputs.size());
            outputs.forEach(output -> output.write(back));
            back.u32(lockTime);
            return new Coinbase(front.finish(), back.finish(), extranonceLength, reservedValue);
        }

        /** Every scriptSig byte in front of the extranonce, the opcode of its push included. */
        private Bytes scriptSigHead() {
            if (extranonceLength < 0 || extranonceLength > Script.MAX_DIRECT_PUSH) {
                throw new IllegalArgumentException(
                        "a coinbase extranonce has 0.." + Script.MAX_DIRECT_PUSH + " bytes, not " + extranonceLength);
            }
            if (scriptSigHead != null) {
                return scriptSigHead;
            }
            List<Bytes> parts = new ArrayList<>();
            parts.add(scriptSigPrefix);
            tags.forEach(tag -> parts.add(Script.push(tag)));
            if (extranonceLength > 0) {
                parts.add(Bytes.of((byte) extranonceLength));
            }
            return Bytes.concat(parts.toArray(Bytes[]::new));
        }
    }
}
