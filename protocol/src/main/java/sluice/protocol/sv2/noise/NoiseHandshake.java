package sluice.protocol.sv2.noise;

import java.time.Instant;
import java.util.Arrays;
import sluice.protocol.Bytes;

/**
 * The Noise NX handshake of SV2 (spec 4.5), both ends, as machines over byte arrays. One use each. A step costs curve
 * arithmetic (0.1 to 0.4 ms), so it belongs on a worker, not on a connection's loop.
 */
public final class NoiseHandshake {
    /** Act 1, initiator to responder: the ephemeral key. */
    public static final int ACT1_LENGTH = Secp256k1.ELLSWIFT_LENGTH;

    private static final int STATIC_KEY_OFFSET = Secp256k1.ELLSWIFT_LENGTH;
    private static final int SEALED_STATIC_KEY_LENGTH = Secp256k1.ELLSWIFT_LENGTH + CipherState.TAG_LENGTH;
    private static final int CERTIFICATE_OFFSET = STATIC_KEY_OFFSET + SEALED_STATIC_KEY_LENGTH;
    private static final int SEALED_CERTIFICATE_LENGTH = HandshakeCertificate.LENGTH + CipherState.TAG_LENGTH;

    /** Act 2, responder to initiator: ephemeral key, sealed static key, sealed certificate. Frames may follow at once. */
    public static final int ACT2_LENGTH = CERTIFICATE_OFFSET + SEALED_CERTIFICATE_LENGTH;

    private static final byte[] EMPTY_PAYLOAD = {};

    private NoiseHandshake() {}

    /** The dialling side, with an ephemeral key pair made for this connection alone. */
    public static Initiator initiator(Secp256k1 engine, EllSwiftKeyPair ephemeral) {
        return new Initiator(engine, ephemeral);
    }

    /**
     * The accepting side.
     *
     * @param staticKey the server's long-lived key pair
     * @param certificate issued for {@code staticKey}
     * @param ephemeral a key pair made for this connection alone
     */
    public static Responder responder(
            Secp256k1 engine, EllSwiftKeyPair staticKey, HandshakeCertificate certificate, EllSwiftKeyPair ephemeral) {
        return new Responder(engine, staticKey, certificate, ephemeral);
    }

    private static void checkActLength(int act, byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.ACT_LENGTH,
                    "act " + act + " of the handshake has " + length + " bytes, not " + bytes.length);
        }
    }

    private static void mixEphemeral(SymmetricState state, byte[] source) {
        state.mixHash(source, 0, Secp256k1.ELLSWIFT_LENGTH);
    }

    /** The dialling side: {@link #act1()}, then {@link #readAct2}. */
    public static final class Initiator {
        private final Secp256k1 engine;
        private final SymmetricState state = new SymmetricState();
        private EllSwiftKeyPair ephemeral;
        private boolean act1Written;

        private Initiator(Secp256k1 engine, EllSwiftKeyPair ephemeral) {
            this.engine = engine;
            this.ephemeral = ephemeral;
        }

        /** The 64 bytes to send first. */
        public byte[] act1() {
            if (act1Written) {
                throw new IllegalStateException("act 1 was already written");
            }
            act1Written = true;
            byte[] act1 = ephemeral.encoding().toArray();
            mixEphemeral(state, act1);
            state.encryptAndHash(EMPTY_PAYLOAD, act1, ACT1_LENGTH);
            return act1;
        }

        /**
         * Reads the responder's 234 bytes and decides whether to trust it.
         *
         * @throws NoiseFailure where it is not authentic, or not the server that {@code trust} asks for
         */
        public HandshakeResult readAct2(byte[] act2, ServerTrust trust, Instant now) {
            if (!act1Written || ephemeral == null) {
                throw new IllegalStateException("act 2 is read once, after act 1");
            }
            checkActLength(2, act2, ACT2_LENGTH);
            EllSwiftKeyPair own = ephemeral;
            ephemeral = null;
            byte[] theirEphemeral = Arrays.copyOf(act2, Secp256k1.ELLSWIFT_LENGTH);
            mixEphemeral(state, act2);
            state.mixKey(engine.ellswiftXdh(own.encodingArray(), theirEphemeral, own.secretKeyArray(), true));
            byte[] theirStatic = state.decryptAndHash(act2, STATIC_KEY_OFFSET, SEALED_STATIC_KEY_LENGTH);
            if (theirStatic == null) {
                throw new NoiseFailure(
                        NoiseFailure.Reason.STATIC_KEY_NOT_AUTHENTIC,
                        "the server's static key in act 2 of the handshake is not authentic:"
                                + " the bytes were changed on the way, or the peer does not speak Stratum V2 here");
            }
            state.mixKey(engine.ellswiftXdh(own.encodingArray(), theirStatic, own.secretKeyArray(), true));
            byte[] certificateBytes = state.decryptAndHash(act2, CERTIFICATE_OFFSET, SEALED_CERTIFICATE_LENGTH);
            if (certificateBytes == null) {
                throw new NoiseFailure(
                        NoiseFailure.Reason.CERTIFICATE_NOT_AUTHENTIC,
                        "the server's certificate in act 2 of the handshake is not authentic:"
                                + " the bytes were changed on the way, or the server does not hold its static key");
            }
            HandshakeCertificate certificate = HandshakeCertificate.parse(certificateBytes);
            Bytes staticKey = Bytes.wrap(engine.ellswiftDecode(theirStatic));
            switch (trust) {
                case ServerTrust.SignedBy(AuthorityKey authority) ->
                    certificate.verify(engine, authority, staticKey, now);
                case ServerTrust.Unverified() -> {}
            }
            Bytes handshakeHash = Bytes.wrap(state.handshakeHash());
            byte[][] keys = state.split();
            return new HandshakeResult(
                    new CipherState(keys[0]), new CipherState(keys[1]), handshakeHash, certificate, staticKey);
        }
    }

    /** The accepting side: {@link #respond}, then {@link #result()}. */
    public static final class Responder {
        private final Secp256k1 engine;
        private final EllSwiftKeyPair staticKey;
        private final HandshakeCertificate certificate;
        private final SymmetricState state = new SymmetricState();
        private EllSwiftKeyPair ephemeral;
        private HandshakeResult result;

        private Responder(
                Secp256k1 engine,
                EllSwiftKeyPair staticKey,
                HandshakeCertificate certificate,
                EllSwiftKeyPair ephemeral) {
            this.engine = engine;
            this.staticKey = staticKey;
            this.certificate = certificate;
            this.ephemeral = ephemeral;
        }

        /**
         * Reads the initiator's 64 bytes, all of whose values are valid, and returns the 234 bytes to send.
         *
         * @throws NoiseFailure for another length
         */
        public byte[] respond(byte[] act1) {
            if (ephemeral == null) {
                throw new IllegalStateException("act 1 was already answered");
            }
            checkActLength(1, act1, ACT1_LENGTH);
            EllSwiftKeyPair own = ephemeral;
            ephemeral = null;
            mixEphemeral(state, act1);
            state.encryptAndHash(EMPTY_PAYLOAD, act1, ACT1_LENGTH);
            byte[] act2 = Arrays.copyOf(own.encodingArray(), ACT2_LENGTH);
            mixEphemeral(state, act2);
            state.mixKey(engine.ellswiftXdh(act1, own.encodingArray(), own.secretKeyArray(), false));
            state.encryptAndHash(staticKey.encodingArray(), act2, STATIC_KEY_OFFSET);
            state.mixKey(engine.ellswiftXdh(act1, staticKey.encodingArray(), staticKey.secretKeyArray(), false));
            state.encryptAndHash(certificate.toArray(), act2, CERTIFICATE_OFFSET);
            Bytes handshakeHash = Bytes.wrap(state.handshakeHash());
            byte[][] keys = state.split();
            result = new HandshakeResult(
                    new CipherState(keys[1]),
                    new CipherState(keys[0]),
                    handshakeHash,
                    certificate,
                    staticKey.xOnly(engine));
            return act2;
        }

        /** The keys for the frames after act 2. */
        public HandshakeResult result() {
            if (result == null) {
                throw new IllegalStateException("act 1 was not answered yet");
            }
            return result;
        }
    }
}
