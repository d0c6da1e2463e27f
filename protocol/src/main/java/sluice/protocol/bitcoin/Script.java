package sluice.protocol.bitcoin;

import sluice.protocol.Bytes;

/** Builders of the standard output scripts and of data pushes. */
public final class Script {
    /** The longest push whose opcode is its length. */
    public static final int MAX_DIRECT_PUSH = 75;

    private static final int HASH160_LENGTH = 20;
    private static final int HASH256_LENGTH = 32;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int MAX_PUSHDATA1 = 255;
    private static final int OP_PUSHDATA4 = 0x4e;
    private static final int OP_RETURN = 0x6a;
    private static final int OP_CHECKSIG = 0xac;
    private static final int OP_CHECKSIGVERIFY = 0xad;
    private static final int OP_CHECKMULTISIG = 0xae;
    private static final int OP_CHECKMULTISIGVERIFY = 0xaf;
    private static final int MULTISIG_SIGOPS = 20;
    private static final int OP_1 = 0x51;
    private static final int MAX_WITNESS_VERSION = 16;
    private static final int MIN_PROGRAM_LENGTH = 2;
    private static final int MAX_PROGRAM_LENGTH = 40;

    private Script() {}

    /** A push of {@code data}, 1..255 bytes. */
    public static Bytes push(Bytes data) {
        int length = data.length();
        if (length == 0 || length > MAX_PUSHDATA1) {
            throw new IllegalArgumentException("a data push holds 1.." + MAX_PUSHDATA1 + " bytes, not " + length);
        }
        Bytes opcode =
                length <= MAX_DIRECT_PUSH ? Bytes.of((byte) length) : Bytes.of((byte) OP_PUSHDATA1, (byte) length);
        return Bytes.concat(opcode, data);
    }

    /** OP_DUP OP_HASH160 push OP_EQUALVERIFY OP_CHECKSIG. */
    public static Bytes p2pkh(Bytes publicKeyHash) {
        requireLength("a public key hash", publicKeyHash, HASH160_LENGTH);
        return Bytes.concat(Bytes.fromHex("76a914"), publicKeyHash, Bytes.fromHex("88ac"));
    }

    /** OP_HASH160 push OP_EQUAL. */
    public static Bytes p2sh(Bytes scriptHash) {
        requireLength("a script hash", scriptHash, HASH160_LENGTH);
        return Bytes.concat(Bytes.fromHex("a914"), scriptHash, Bytes.fromHex("87"));
    }

    /** Witness version 0, 20 bytes. */
    public static Bytes p2wpkh(Bytes publicKeyHash) {
        requireLength("a public key hash", publicKeyHash, HASH160_LENGTH);
        return witness(0, publicKeyHash);
    }

    /** Witness version 0, 32 bytes. */
    public static Bytes p2wsh(Bytes scriptHash) {
        requireLength("a witness script hash", scriptHash, HASH256_LENGTH);
        return witness(0, scriptHash);
    }

    /** Witness version 1, 32 bytes. */
    public static Bytes p2tr(Bytes outputKey) {
        requireLength("a taproot output key", outputKey, HASH256_LENGTH);
        return witness(1, outputKey);
    }

    /** Any witness program: version 0..16, 2..40 bytes (BIP141). */
    public static Bytes witness(int version, Bytes program) {
        if (version < 0 || version > MAX_WITNESS_VERSION) {
            throw new IllegalArgumentException("a witness version lies in 0..16, not " + version);
        }
        if (program.length() < MIN_PROGRAM_LENGTH || program.length() > MAX_PROGRAM_LENGTH) {
            throw new IllegalArgumentException("a witness program has 2..40 bytes, not " + program.length());
        }
        int opcode = version == 0 ? 0 : OP_1 + version - 1;
        return Bytes.concat(Bytes.of((byte) opcode), push(program));
    }

    /** OP_RETURN and one push. */
    public static Bytes opReturn(Bytes data) {
        return Bytes.concat(Bytes.of((byte) OP_RETURN), push(data));
    }

    /**
     * The signature operations that {@code script} counts where it stands, as nodes count them without running it: a multiple
     * signature is twenty. What is pushed is no operation; a push that is cut short ends the count.
     */
    public static int sigops(Bytes script) {
        int count = 0;
        int at = 0;
        while (at < script.length()) {
            int opcode = script.at(at++) & 0xff;
            if (opcode <= OP_PUSHDATA4) {
                int lengthBytes = opcode < OP_PUSHDATA1 ? 0 : 1 << (opcode - OP_PUSHDATA1);
                if (at + lengthBytes > script.length()) {
                    return count;
                }
                long length = opcode < OP_PUSHDATA1 ? opcode : littleEndian(script, at, lengthBytes);
                at = (int) Math.min(script.length(), at + lengthBytes + length);
            } else if (opcode == OP_CHECKSIG || opcode == OP_CHECKSIGVERIFY) {
                count++;
            } else if (opcode == OP_CHECKMULTISIG || opcode == OP_CHECKMULTISIGVERIFY) {
                count += MULTISIG_SIGOPS;
            }
        }
        return count;
    }

    private static long littleEndian(Bytes script, int at, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (script.at(at + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    private static void requireLength(String what, Bytes value, int length) {
        if (value.length() != length) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, not " + value.length());
        }
    }
}
