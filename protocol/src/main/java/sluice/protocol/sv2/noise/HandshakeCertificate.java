package sluice.protocol.sv2.noise;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import sluice.protocol.Bytes;

/**
 * The authority's statement that a static key belongs to its server (spec 4.5.3, SIGNATURE_NOISE_MESSAGE): 74 bytes on the
 * wire, integers little-endian. The key itself travels beside it.
 *
 * @param version U16; only 0 is in use
 * @param validFrom U32, seconds since 1970
 * @param notValidAfter U32, seconds since 1970
 * @param signature BIP340, 64 bytes
 */
public record HandshakeCertificate(int version, long validFrom, long notValidAfter, Bytes signature) {
    public static final int LENGTH = 74;
    public static final int VERSION = 0;

    /** How far before now a new certificate starts, so that a miner whose clock is slow still takes it. */
    public static final Duration BACKDATING = Duration.ofHours(1);

    /** How long before its start a certificate is already accepted. */
    public static final Duration VALID_FROM_SLACK = Duration.ofSeconds(10);

    /** How long after its end a certificate is still accepted. */
    public static final Duration NOT_VALID_AFTER_SLACK = Duration.ofSeconds(10);

    private static final int SIGNED_FIELDS_LENGTH = 10;
    private static final long MAX_U32 = 0xffff_ffffL;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Throws IllegalArgumentException for a signature of another length. */
    public HandshakeCertificate {
        if (signature.length() != Secp256k1.SIGNATURE_LENGTH) {
            throw new IllegalArgumentException(
                    "a signature has " + Secp256k1.SIGNATURE_LENGTH + " bytes, not " + signature.length());
        }
    }

    /**
     * Signs a certificate for a static key, valid from {@link #BACKDATING} before {@code now} until {@code validity} after it;
     * times that do not fit 32 bits saturate.
     *
     * @param staticXOnly the server's static key, 32 bytes x-only
     * @param auxRandomness 32 bytes for BIP340
     */
    public static HandshakeCertificate issue(
            Secp256k1 engine,
            AuthoritySecretKey authority,
            Bytes staticXOnly,
            Instant now,
            Duration validity,
            byte[] auxRandomness) {
        return sign(
                engine,
                authority,
                staticXOnly,
                saturated(now.minus(BACKDATING)),
                saturated(now.plus(validity)),
                auxRandomness);
    }

    static HandshakeCertificate sign(
            Secp256k1 engine,
            AuthoritySecretKey authority,
            Bytes staticXOnly,
            long validFrom,
            long notValidAfter,
            byte[] auxRandomness) {
        byte[] digest = signedHash(VERSION, validFrom, notValidAfter, staticXOnly);
        return new HandshakeCertificate(
                VERSION, validFrom, notValidAfter, Bytes.wrap(authority.sign(engine, digest, auxRandomness)));
    }

    static HandshakeCertificate parse(byte[] source) {
        return new HandshakeCertificate(
                (short) SHORT.get(source, 0) & 0xffff,
                (int) INT.get(source, 2) & MAX_U32,
                (int) INT.get(source, 6) & MAX_U32,
                Bytes.of(source, SIGNED_FIELDS_LENGTH, Secp256k1.SIGNATURE_LENGTH));
    }

    byte[] toArray() {
        byte[] wire = new byte[LENGTH];
        writeFields(wire, version, validFrom, notValidAfter);
        signature.copyTo(wire, SIGNED_FIELDS_LENGTH);
        return wire;
    }

    /** The 32-byte hash that the authority signs. */
    byte[] signedHash(Bytes staticXOnly) {
        return signedHash(version, validFrom, notValidAfter, staticXOnly);
    }

    private static byte[] signedHash(int version, long validFrom, long notValidAfter, Bytes staticXOnly) {
        byte[] fields = new byte[SIGNED_FIELDS_LENGTH];
        writeFields(fields, version, validFrom, notValidAfter);
        MessageDigest digest = TaggedHash.sha256();
        digest.update(fields);
        staticXOnly.digestInto(digest);
        return digest.digest();
    }

    private static void writeFields(byte[] target, int version, long validFrom, long notValidAfter) {
        SHORT.set(target, 0, (short) version);
        INT.set(target, 2, (int) validFrom);
        INT.set(target, 6, (int) notValidAfter);
    }

    /**
     * Checks version, signature and period, in this order.
     *
     * @throws NoiseFailure naming what does not hold, and both keys where the signature is not the authority's
     */
    void verify(Secp256k1 engine, AuthorityKey authority, Bytes staticXOnly, Instant now) {
        if (version != VERSION) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.CERTIFICATE_VERSION,
                    "the server's certificate has version " + version + ", only version " + VERSION + " is known");
        }
        boolean signed = engine.schnorrVerify(
                signature.toArray(), signedHash(staticXOnly), authority.xOnly().toArray());
        if (!signed) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.WRONG_AUTHORITY,
                    "the configured authority key " + authority.text() + " did not sign the certificate of this server,"
                            + " whose static key is " + staticXOnly.hex()
                            + "; the server belongs to another authority (a signature does not tell which) or somebody"
                            + " stands in between: compare the key with the one the pool publishes");
        }
        if (now.plus(VALID_FROM_SLACK).isBefore(Instant.ofEpochSecond(validFrom))) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.CERTIFICATE_NOT_YET_VALID,
                    "the server's certificate is valid from " + Instant.ofEpochSecond(validFrom) + " and here it is "
                            + now + ": one of the two clocks is wrong");
        }
        if (now.minus(NOT_VALID_AFTER_SLACK).isAfter(Instant.ofEpochSecond(notValidAfter))) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.CERTIFICATE_EXPIRED,
                    "the server's certificate was valid until " + Instant.ofEpochSecond(notValidAfter)
                            + " and here it is " + now + ": the pool must renew it, or this machine's clock is wrong");
        }
    }

    private static long saturated(Instant time) {
        return Math.clamp(time.getEpochSecond(), 0L, MAX_U32);
    }
}
