package sluice.protocol.sv2.noise;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.signers.BIP340Signer;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The ElligatorSwift maps of BIP324 between 64 uniform bytes (u, t) and an x coordinate, over Bouncy Castle's field of
 * secp256k1. All inputs here are public values or are about to become public.
 */
final class ElligatorSwift {
    static final ECCurve CURVE = BIP340Signer.getDomain().getCurve();

    private static final int FIELD_BYTES = 32;
    private static final BigInteger P = CURVE.getField().getCharacteristic();
    private static final ECFieldElement ONE = element(1);
    private static final ECFieldElement TWO = element(2);
    private static final ECFieldElement THREE = element(3);
    private static final ECFieldElement FOUR = element(4);
    private static final ECFieldElement SEVEN = element(7);
    private static final ECFieldElement HALF = TWO.invert();
    // The root of -3 that BIP324 names; the other one would swap the first two branches of the map.
    private static final ECFieldElement ROOT_OF_MINUS_THREE = CURVE.fromBigInteger(
            new BigInteger("0a2d2ba93507f1df233770c2a797962cc61f6d15da14ecd47d8d27ae1cd5f852", 16));
    private static final ECFieldElement C1 = ROOT_OF_MINUS_THREE.subtract(ONE).multiply(HALF);
    private static final ECFieldElement C2 = C1.add(ONE).negate();
    private static final ECFieldElement C3 = C1.negate();
    private static final ECFieldElement C4 = C1.add(ONE);

    private static final int BRANCHES = 8;
    private static final int BRANCHES_PER_HASH = 64;

    private ElligatorSwift() {}

    /** The x coordinate encoded by 64 bytes at {@code offset}; always on the curve. */
    static ECFieldElement decode(byte[] ellswift, int offset) {
        return decode(fieldElement(ellswift, offset), fieldElement(ellswift, offset + FIELD_BYTES));
    }

    private static ECFieldElement decode(ECFieldElement anyU, ECFieldElement anyT) {
        ECFieldElement u = anyU.isZero() ? ONE : anyU;
        ECFieldElement s = anyT.isZero() ? ONE : anyT.square();
        ECFieldElement g = curvePolynomial(u);
        if (g.add(s).isZero()) {
            s = s.multiply(FOUR);
        }
        ECFieldElement sum = g.add(s);
        ECFieldElement x3 = u.subtract(sum.square().divide(THREE.multiply(s).multiply(u.square())));
        if (isOnCurve(x3)) {
            return x3;
        }
        ECFieldElement x2 = u.multiply(C1.multiply(s).add(C2.multiply(g))).divide(sum);
        return isOnCurve(x2) ? x2 : x2.add(u).negate();
    }

    /**
     * The t with which (u, t) decodes to {@code x}, in branch {@code branch} (0..7, numbered as in BIP324), or null where
     * that branch has none. {@code u} is not zero and {@code x} is on the curve.
     */
    static ECFieldElement inverse(ECFieldElement x, ECFieldElement u, int branch) {
        ECFieldElement s;
        ECFieldElement v;
        if ((branch & 2) == 0) {
            if (isOnCurve(x.add(u).negate())) {
                return null;
            }
            ECFieldElement quotient = u.square().add(u.multiply(x)).add(x.square());
            s = curvePolynomial(u).divide(quotient).negate();
            v = x;
        } else {
            s = x.subtract(u);
            if (s.isZero()) {
                return null;
            }
            ECFieldElement square = s.multiply(FOUR.multiply(curvePolynomial(u))
                            .add(THREE.multiply(u.square()).multiply(s)))
                    .negate();
            ECFieldElement root = square.sqrt();
            if (root == null || (branch & 1) == 1 && root.isZero()) {
                return null;
            }
            v = root.divide(s).subtract(u).multiply(HALF);
        }
        ECFieldElement w = s.sqrt();
        if (w == null) {
            return null;
        }
        ECFieldElement t = w.multiply(((branch & 1) == 0 ? C3 : C4).multiply(u).add(v));
        int sign = branch & 5;
        return sign == 0 || sign == 5 ? t.negate() : t;
    }

    /**
     * Encodes a point given the secret key behind it. The stream that picks u and the branch is libsecp256k1's: SHA-256,
     * tagged, of secret key, 32 zero bytes, aux randomness and a counter, so every engine finds the same encoding. The
     * parity of t carries the parity of y, as there.
     */
    static byte[] encode(ECPoint point, byte[] secretKey, byte[] auxRandomness) {
        ECPoint affine = point.normalize();
        ECFieldElement x = affine.getAffineXCoord();
        MessageDigest seeded = TaggedHash.begin("secp256k1_ellswift_create");
        seeded.update(secretKey);
        seeded.update(new byte[FIELD_BYTES]);
        seeded.update(auxRandomness);
        int counter = 0;
        byte[] branchPool = null;
        int branchesLeft = 0;
        while (true) {
            if (branchesLeft == 0) {
                branchPool = stream(seeded, counter++);
                branchesLeft = BRANCHES_PER_HASH;
            }
            branchesLeft--;
            int nibble = branchPool[branchesLeft >> 1] >> ((branchesLeft & 1) << 2);
            byte[] uBytes = stream(seeded, counter++);
            ECFieldElement u = fieldElement(uBytes, 0);
            ECFieldElement t = u.isZero() ? null : inverse(x, u, nibble & (BRANCHES - 1));
            if (t != null) {
                boolean parityDiffers =
                        t.testBitZero() != affine.getAffineYCoord().testBitZero();
                byte[] ellswift = Arrays.copyOf(uBytes, 2 * FIELD_BYTES);
                (parityDiffers ? t.negate() : t).encodeTo(ellswift, FIELD_BYTES);
                return ellswift;
            }
        }
    }

    private static byte[] stream(MessageDigest seeded, int counter) {
        try {
            MessageDigest digest = (MessageDigest) seeded.clone();
            digest.update(
                    new byte[] {(byte) counter, (byte) (counter >> 8), (byte) (counter >> 16), (byte) (counter >> 24)});
            return digest.digest();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", impossible);
        }
    }

    /** 32 big-endian bytes reduced into the field: encodings may be p or more. */
    static ECFieldElement fieldElement(byte[] source, int offset) {
        BigInteger value = new BigInteger(1, source, offset, FIELD_BYTES);
        return CURVE.fromBigInteger(value.compareTo(P) < 0 ? value : value.subtract(P));
    }

    /** The point with this x and even y, or null where x is not on the curve or not below p. */
    static ECPoint liftX(byte[] x) {
        BigInteger value = new BigInteger(1, x);
        return value.compareTo(P) < 0 ? liftX(CURVE.fromBigInteger(value)) : null;
    }

    /** The point with this x and even y, or null where x is not on the curve. */
    static ECPoint liftX(ECFieldElement x) {
        ECFieldElement y = curvePolynomial(x).sqrt();
        if (y == null) {
            return null;
        }
        return CURVE.createPoint(x.toBigInteger(), (y.testBitZero() ? y.negate() : y).toBigInteger());
    }

    private static boolean isOnCurve(ECFieldElement x) {
        return curvePolynomial(x).sqrt() != null;
    }

    private static ECFieldElement curvePolynomial(ECFieldElement x) {
        return x.square().multiply(x).add(SEVEN);
    }

    private static ECFieldElement element(int value) {
        return CURVE.fromBigInteger(BigInteger.valueOf(value));
    }
}
