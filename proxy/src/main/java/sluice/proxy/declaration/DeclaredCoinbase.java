package sluice.proxy.declaration;

import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_COINBASE_TX;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_COINBASE_TX_INPUT;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.WitnessCommitment;

/**
 * The coinbase of a declared job, read from its two halves (SV2 6.4.4).
 *
 * @param prefix all bytes in front of the extranonce, as declared
 * @param suffix all bytes behind it, as declared
 * @param extranonceLength of the full extranonce
 * @param scriptHead what the script has in front of the extranonce
 * @param stripped the halves without what BIP141 adds
 * @param example the transaction with an extranonce of zeros
 * @param height of the block to be found
 */
record DeclaredCoinbase(
        Bytes prefix,
        Bytes suffix,
        int extranonceLength,
        Bytes scriptHead,
        Coinbase.Halves stripped,
        Transaction example,
        long height) {
    /** What a channel's extranonce may have (SV2 5.3.4). */
    static final int MAX_EXTRANONCE_LENGTH = 32;

    private static final int VERSION_LENGTH = 4;
    private static final int MARKER_AND_FLAG_LENGTH = 2;
    private static final int COUNT_AND_OUTPOINT_LENGTH = 1 + 36;
    private static final long FINAL_SEQUENCE = 0xffffffffL;
    /** Lock times from here on are times rather than heights. */
    private static final long LOCK_TIME_THRESHOLD = 500_000_000;

    static DeclaredCoinbase of(Bytes prefix, Bytes suffix) throws DeclarationRefused {
        boolean marked = prefix.length() > VERSION_LENGTH && prefix.at(VERSION_LENGTH) == 0;
        int lengthAt = VERSION_LENGTH + (marked ? MARKER_AND_FLAG_LENGTH : 0) + COUNT_AND_OUTPOINT_LENGTH;
        require(prefix.length() > lengthAt, INVALID_COINBASE_TX, "coinbase_tx_prefix ends before the script");
        int scriptLength = prefix.at(lengthAt) & 0xff;
        require(
                scriptLength >= Coinbase.MIN_SCRIPT_SIG_LENGTH && scriptLength <= Coinbase.MAX_SCRIPT_SIG_LENGTH,
                INVALID_COINBASE_TX_INPUT,
                "the script has " + scriptLength + " bytes, not 2..100");
        Bytes head = prefix.slice(lengthAt + 1, prefix.length());
        int extranonceLength = scriptLength - head.length();
        require(
                extranonceLength >= 0 && extranonceLength <= MAX_EXTRANONCE_LENGTH,
                INVALID_COINBASE_TX,
                "the script leaves " + extranonceLength + " bytes to the extranonce, not 0..32");
        Transaction example = parse(Bytes.concat(prefix, Bytes.zeros(extranonceLength), suffix));
        require(example.isCoinbase(), INVALID_COINBASE_TX_INPUT, "its one input is no coinbase's");
        OptionalLong height = Bip34.heightOf(head);
        require(height.isPresent(), INVALID_COINBASE_TX_INPUT, "the script does not start with the height");
        require(
                isFinal(example.lockTime(), example.inputs().getFirst().sequence(), height.getAsLong()),
                INVALID_COINBASE_TX,
                "the lock time " + example.lockTime() + " is not over at height " + height.getAsLong());
        requireWitness(example);
        return new DeclaredCoinbase(
                prefix,
                suffix,
                extranonceLength,
                head,
                Coinbase.stripBip141(prefix, suffix),
                example,
                height.getAsLong());
    }

    private static Transaction parse(Bytes raw) throws DeclarationRefused {
        try {
            return Transaction.parse(raw);
        } catch (IllegalArgumentException malformed) {
            throw new DeclarationRefused(INVALID_COINBASE_TX, malformed.getMessage());
        }
    }

    /** Whether a coinbase with this lock time may stand in the block of this height. */
    static boolean isFinal(long lockTime, long sequence, long height) {
        return lockTime < height || lockTime >= LOCK_TIME_THRESHOLD || sequence == FINAL_SEQUENCE;
    }

    /** A commitment without the value that it was made with makes the block invalid, and so does any other witness. */
    private static void requireWitness(Transaction coinbase) throws DeclarationRefused {
        List<Bytes> witness = coinbase.inputs().getFirst().witness();
        boolean committed = WitnessCommitment.in(coinbase.outputs()).isPresent();
        if (witness.isEmpty()) {
            require(!committed, INVALID_COINBASE_TX, "it commits to witnesses and has none itself (BIP141)");
        } else {
            require(
                    witness.size() == 1 && witness.getFirst().length() == Coinbase.WITNESS_RESERVED_VALUE_LENGTH,
                    INVALID_COINBASE_TX,
                    "its witness is not one item of 32 bytes");
        }
    }

    private static void require(boolean holds, String code, String otherwise) throws DeclarationRefused {
        if (!holds) {
            throw new DeclarationRefused(code, otherwise);
        }
    }

    Optional<Hash256> witnessCommitment() {
        return WitnessCommitment.in(example.outputs());
    }

    /** 32 bytes, or empty for a coinbase without witness. */
    Bytes witnessReservedValue() {
        List<Bytes> witness = example.inputs().getFirst().witness();
        return witness.isEmpty() ? Bytes.EMPTY : witness.getFirst();
    }

    Hash256 txid(Bytes extranonce) {
        return Sha256d.of(stripped.prefix(), extranonce, stripped.suffix());
    }

    /** As a block carries it. */
    Bytes full(Bytes extranonce) {
        return Bytes.concat(prefix, extranonce, suffix);
    }
}
