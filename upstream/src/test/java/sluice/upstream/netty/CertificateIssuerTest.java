package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateIssuerTest {
    private Instant now = HandshakeFixture.NOW;

    @Test
    void keepsItsCertificateForHalfItsValidityAndItsKeyForEver() {
        CertificateIssuer issuer = HandshakeFixture.issuer(HandshakeFixture.authority(7), () -> now);
        ServerIdentity first = issuer.get();

        now = now.plus(Duration.ofMinutes(30).minusNanos(1));
        assertThat(issuer.get()).isSameAs(first);
        now = now.plusNanos(1);
        ServerIdentity second = issuer.get();

        assertThat(second.certificate().notValidAfter())
                .isEqualTo(first.certificate().notValidAfter()
                        + Duration.ofMinutes(30).toSeconds());
        assertThat(second.staticKey()).isSameAs(first.staticKey());
    }

    @Test
    void signsAnewWhenTheClockTurnsOutToHaveBeenAhead() {
        CertificateIssuer issuer = HandshakeFixture.issuer(HandshakeFixture.authority(7), () -> now);
        Instant right = now;
        now = right.plus(Duration.ofDays(3650));
        issuer.get();

        now = right;

        assertThat(issuer.get().certificate().validFrom()).isLessThanOrEqualTo(right.getEpochSecond());
    }
}
