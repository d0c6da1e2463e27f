package sluice.upstream.netty;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.HandshakeCertificate;
import sluice.protocol.sv2.noise.Secp256k1;

/**
 * Our identity as a server: one static key, and a certificate that is signed anew when half of its validity is over (SV2
 * 4.5.3), so that a gateway may run for ever. Safe for any thread; signing takes about 0.1 ms.
 */
public final class CertificateIssuer implements Supplier<ServerIdentity> {
    private final Secp256k1 engine;
    private final AuthoritySecretKey authority;
    private final EllSwiftKeyPair staticKey;
    private final Duration validity;
    private final InstantSource clock;
    private final SecureRandom random;

    private ServerIdentity current;
    private Instant signedAt = Instant.MAX;
    private Instant renewAt = Instant.MAX;

    /** @param validity of each certificate, counted from its signing */
    public CertificateIssuer(
            Secp256k1 engine,
            AuthoritySecretKey authority,
            EllSwiftKeyPair staticKey,
            Duration validity,
            InstantSource clock,
            SecureRandom random) {
        this.engine = engine;
        this.authority = authority;
        this.staticKey = staticKey;
        this.validity = validity;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public synchronized ServerIdentity get() {
        Instant now = clock.instant();
        // A clock that was ahead when it signed made a certificate that nobody takes until then.
        if (now.isBefore(signedAt) || !now.isBefore(renewAt)) {
            byte[] auxRandomness = new byte[Secp256k1.AUX_RANDOMNESS_LENGTH];
            random.nextBytes(auxRandomness);
            HandshakeCertificate certificate = HandshakeCertificate.issue(
                    engine, authority, staticKey.xOnly(engine), now, validity, auxRandomness);
            current = new ServerIdentity(staticKey, certificate);
            signedAt = now;
            renewAt = now.plus(validity.dividedBy(2));
        }
        return current;
    }
}
