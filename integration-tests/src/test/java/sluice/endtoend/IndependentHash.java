package sluice.endtoend;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Bitcoin's hashing with the JDK's SHA-256 and none of our code, so that a mistake of ours cannot agree with itself. */
public final class IndependentHash {
    private static final HexFormat HEX = HexFormat.of();
    private static final BigDecimal DIFFICULTY_1 =
            new BigDecimal(BigInteger.valueOf(0xffff).shiftLeft(208));

    private IndependentHash() {}

    /** The hash of a block header. All numbers are U32; hashes are in internal order. */
    static byte[] header(long version, byte[] prevHash, byte[] merkleRoot, long ntime, long nbits, long nonce) {
        return sha256d(joined(
                littleEndian(version),
                prevHash,
                merkleRoot,
                littleEndian(ntime),
                littleEndian(nbits),
                littleEndian(nonce)));
    }

    /** @param siblings of the coinbase, deepest first */
    static byte[] merkleRoot(byte[] coinbase, List<byte[]> siblings) {
        byte[] root = sha256d(coinbase);
        for (byte[] sibling : siblings) {
            root = sha256d(joined(root, sibling));
        }
        return root;
    }

    /** A hash as the number that is compared with a target. */
    public static BigInteger number(byte[] hash) {
        return new BigInteger(1, reversed(hash));
    }

    public static BigInteger target(double difficulty) {
        return DIFFICULTY_1
                .divide(BigDecimal.valueOf(difficulty), 0, RoundingMode.DOWN)
                .toBigInteger();
    }

    public static byte[] sha256d(byte[] bytes) {
        return sha256(sha256(bytes));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] littleEndian(long u32) {
        return reversed(HEX.parseHex("%08x".formatted(u32)));
    }

    static byte[] reversed(byte[] bytes) {
        byte[] result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = bytes[bytes.length - 1 - i];
        }
        return result;
    }

    /** Each group of 4 bytes reversed, as SV1 prints the previous block's hash; the same call undoes it. */
    public static byte[] wordsReversed(byte[] bytes) {
        byte[] result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = bytes[i ^ 3];
        }
        return result;
    }

    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
