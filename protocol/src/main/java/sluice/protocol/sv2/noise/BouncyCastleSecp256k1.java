package sluice.protocol.sv2.noise;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.BIP340Signer;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;

/**
 * secp256k1 in pure Java by Bouncy Castle, which runs everywhere; its field arithmetic is not constant time, so every
 * multiplication by a secret uses a regular multiplier and a blinded scalar.
 */
final class BouncyCastleSecp256k1 implements Secp256k1 {
    // Only its odd parity and its size matter: k + jn with j below it has 64 more bits than k, a different path each
    // time.
    private static final BigInteger BLINDING_RANGE =
            BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger ORDER = ElligatorSwift.CURVE.getOrder();
    private static final BigInteger BLINDED_ORDER = ORDER.multiply(BLINDING_RANGE);
    private static final ECPoint GENERATOR = BIP340Signer.getDomain().getG();

    private final byte[] blindingSeed;

    /**
     * @param blindingSeed 32 random bytes; they change timing, never a result
     */
    BouncyCastleSecp256k1(byte[] blindingSeed) {
        this.blindingSeed = blindingSeed.clone();
    }

    @Override
    public String name() {
        return "Bouncy Castle (pure Java)";
    }

    @Override
    public byte[] ellswiftCreate(byte[] secretKey, byte[] auxRandomness) {
        KeyArguments.checkLength("aux randomness", auxRandomness, AUX_RANDOMNESS_LENGTH);
        return ElligatorSwift.encode(publicKey(secretKey), secretKey, auxRandomness);
    }

    @Override
    public byte[] ellswiftDecode(byte[] ellswift) {
        KeyArguments.checkLength("an ElligatorSwift encoding", ellswift, ELLSWIFT_LENGTH);
        return ElligatorSwift.decode(ellswift, 0).getEncoded();
    }

    @Override
    public byte[] ellswiftXdh(
            byte[] initiatorEllswift, byte[] responderEllswift, byte[] secretKey, boolean initiating) {
        KeyArguments.checkLength("the initiator's ElligatorSwift encoding", initiatorEllswift, ELLSWIFT_LENGTH);
        KeyArguments.checkLength("the responder's ElligatorSwift encoding", responderEllswift, ELLSWIFT_LENGTH);
        ECPoint theirs =
                ElligatorSwift.liftX(ElligatorSwift.decode(initiating ? responderEllswift : initiatorEllswift, 0));
        MessageDigest digest = TaggedHash.begin("bip324_ellswift_xonly_ecdh");
        digest.update(initiatorEllswift);
        digest.update(responderEllswift);
        digest.update(x(multiplySecret(theirs, secretKey)));
        return digest.digest();
    }

    @Override
    public byte[] xOnlyPublicKey(byte[] secretKey) {
        return x(publicKey(secretKey));
    }

    @Override
    public byte[] schnorrSign(byte[] messageHash, byte[] secretKey, byte[] auxRandomness) {
        KeyArguments.checkLength("a signed hash", messageHash, MESSAGE_HASH_LENGTH);
        KeyArguments.checkLength("aux randomness", auxRandomness, AUX_RANDOMNESS_LENGTH);
        KeyArguments.checkSecretKey(secretKey);
        BIP340Signer signer = new BIP340Signer();
        ECPrivateKeyParameters key = new ECPrivateKeyParameters(new BigInteger(1, secretKey), BIP340Signer.getDomain());
        signer.init(true, new ParametersWithRandom(key, new GivenRandomness(auxRandomness)));
        signer.update(messageHash, 0, messageHash.length);
        return signer.generateSignature();
    }

    @Override
    public boolean schnorrVerify(byte[] signature, byte[] message, byte[] xOnlyPublicKey) {
        KeyArguments.checkLength("a BIP340 signature", signature, SIGNATURE_LENGTH);
        KeyArguments.checkLength("an x-only public key", xOnlyPublicKey, X_ONLY_LENGTH);
        ECPoint point = ElligatorSwift.liftX(xOnlyPublicKey);
        if (point == null) {
            return false;
        }
        BIP340Signer verifier = new BIP340Signer();
        verifier.init(false, new ECPublicKeyParameters(point, BIP340Signer.getDomain()));
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(signature);
    }

    private ECPoint publicKey(byte[] secretKey) {
        return multiplySecret(GENERATOR, secretKey);
    }

    private ECPoint multiplySecret(ECPoint point, byte[] secretKey) {
        KeyArguments.checkSecretKey(secretKey);
        MessageDigest digest = TaggedHash.sha256();
        digest.update(blindingSeed);
        digest.update(secretKey);
        digest.update(x(point));
        BigInteger blinding = new BigInteger(1, digest.digest(), 0, Long.BYTES).mod(BLINDING_RANGE);
        BigInteger blinded = new BigInteger(1, secretKey).add(blinding.multiply(ORDER));
        return ECAlgorithms.multiplySecret(point, blinded, BLINDED_ORDER);
    }

    private static byte[] x(ECPoint point) {
        return point.normalize().getAffineXCoord().getEncoded();
    }

    /** Hands the caller's aux randomness to a signer that only takes a random source. */
    private static final class GivenRandomness extends SecureRandom {
        private final transient byte[] given;

        GivenRandomness(byte[] given) {
            this.given = given;
        }

        @Override
        public void nextBytes(byte[] target) {
            KeyArguments.checkLength("the signer's request for aux randomness", target, given.length);
            System.arraycopy(given, 0, target, 0, given.length);
        }
    }
}
