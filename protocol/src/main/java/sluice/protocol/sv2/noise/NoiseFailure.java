package sluice.protocol.sv2.noise;

import java.util.Locale;

/** The peer's handshake or ciphertext cannot be accepted: the connection ends. Carries a reason to count by, no stack trace. */
public final class NoiseFailure extends RuntimeException {
    /** Why; one counter each. */
    public enum Reason {
        /** An act of the handshake does not have the length it must have. */
        ACT_LENGTH,
        /** The static key in act 2 fails authentication: corrupted, or from someone who does not hold the ephemeral key. */
        STATIC_KEY_NOT_AUTHENTIC,
        /** The certificate in act 2 fails authentication: corrupted, or from someone who does not hold the static key. */
        CERTIFICATE_NOT_AUTHENTIC,
        /** A certificate version other than 0. */
        CERTIFICATE_VERSION,
        /** The configured authority key did not sign this server's certificate. */
        WRONG_AUTHORITY,
        CERTIFICATE_NOT_YET_VALID,
        CERTIFICATE_EXPIRED,
        /** A transport frame's header or a chunk of its payload fails authentication. */
        FRAME_NOT_AUTHENTIC,
        /** One direction has used all nonces of its key. */
        NONCES_EXHAUSTED;

        /** The name in kebab-case, as violations name theirs: {@code wrong-authority}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final transient Reason reason;

    NoiseFailure(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
