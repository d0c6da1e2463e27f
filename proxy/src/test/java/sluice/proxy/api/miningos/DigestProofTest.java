package sluice.proxy.api.miningos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.ApiScope;
import sluice.proxy.api.Caller;
import sluice.proxy.api.CallerProof.Shown;
import sluice.proxy.api.RequestHead;

class DigestProofTest {
    private static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    private static final String PATH = "/v1/configuration";
    private static final String PASSWORD = "correct horse battery";
    private static final DigestCaller ADMIN = new DigestCaller("admin", PASSWORD);

    private final DigestProof proof = new DigestProof("admin", Optional.of(PASSWORD), new byte[DigestProof.KEY_BYTES]);

    private Shown shown(String authorization) {
        return proof.of(head("GET", Optional.ofNullable(authorization)), NOW);
    }

    private static RequestHead head(String method, Optional<String> authorization) {
        return new RequestHead(
                method,
                PATH,
                Optional.of("127.0.0.1"),
                authorization,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                "127.0.0.1");
    }

    private static Shown.Unknown unknown(Shown shown) {
        assertThat(shown).isInstanceOf(Shown.Unknown.class);
        return (Shown.Unknown) shown;
    }

    private String freshNonce() {
        return DigestCaller.nonce(unknown(shown(null)).headers().get("WWW-Authenticate"));
    }

    @Test
    void whoShowsNothingIsToldHow() {
        Shown.Unknown stranger = unknown(shown(null));

        assertThat(stranger.problem().status()).isEqualTo(401);
        assertThat(stranger.problem().code()).isEqualTo("no-digest");
        assertThat(stranger.headers().get("WWW-Authenticate"))
                .matches("Digest realm=\"sluice\", qop=\"auth\", algorithm=SHA-256, nonce=\"[0-9a-f]{64}\","
                        + " charset=UTF-8");
        assertThat(unknown(shown("Basic YWRtaW46eA==")).problem().code()).isEqualTo("no-digest");
    }

    @Test
    void whoKnowsThePasswordMayRead() {
        String nonce = freshNonce();

        assertThat(shown(ADMIN.header("GET", PATH, nonce, 1)))
                .isEqualTo(new Shown.Known(new Caller("admin", Optional.of(ApiScope.READ))));
        assertThat(shown(ADMIN.header("GET", PATH, nonce, 2))).isInstanceOf(Shown.Known.class);
    }

    @Test
    void aDigestIsForOneRequestAlone() {
        String header = ADMIN.header("GET", PATH, freshNonce(), 1);
        shown(header);

        Shown.Unknown again = unknown(shown(header));
        assertThat(again.problem().code()).isEqualTo("stale-digest");
        assertThat(again.headers().get("WWW-Authenticate")).endsWith(", stale=true");
        assertThat(unknown(proof.of(head("PUT", ADMIN.get(PATH, freshNonce(), 1)), NOW))
                        .problem()
                        .code())
                .as("for another method")
                .isEqualTo("wrong-digest");
        assertThat(unknown(shown(ADMIN.header("GET", "/v1/coinbaser", freshNonce(), 1)))
                        .problem())
                .as("for another path")
                .returns(400, problem -> problem.status());
    }

    @Test
    void afterFiveMinutesAnotherNonceIsNeeded() {
        Optional<String> late = ADMIN.get(PATH, freshNonce(), 1);

        Shown.Unknown answer = unknown(
                proof.of(head("GET", late), NOW.plus(Nonces.NONCE_TIMEOUT).plusSeconds(1)));
        assertThat(answer.headers().get("WWW-Authenticate")).endsWith(", stale=true");
    }

    @ParameterizedTest
    @CsvSource({"admin, wrong horse battery", "root, correct horse battery", "ADMIN, correct horse battery"})
    void whoeverIsSomebodyElseIsNobody(String user, String password) {
        Shown.Unknown answer = unknown(shown(new DigestCaller(user, password).header("GET", PATH, freshNonce(), 1)));

        assertThat(answer.problem().code()).isEqualTo("wrong-digest");
        assertThat(answer.headers().get("WWW-Authenticate")).doesNotContain("stale");
    }

    @ParameterizedTest
    @CsvSource({
        "realm=\"sluice\", realm=\"other\"",
        "qop=auth, qop=auth-int",
        "algorithm=SHA-256, algorithm=MD5",
        "algorithm=SHA-256, algorithm=SHA-256-sess",
    })
    void anotherKindOfDigestProvesNothing(String ours, String theirs) {
        String header = ADMIN.header("GET", PATH, freshNonce(), 1);

        assertThat(unknown(shown(header.replace(ours, theirs))).problem().code())
                .isEqualTo("wrong-digest");
    }

    @ParameterizedTest
    @CsvSource({"nc=00000001, nc=1", "nc=00000001, nc=0000000G", "nc=00000001, nc=FFFFFFFF", "realm=, dream="})
    void aBrokenDigestIsABadRequest(String right, String broken) {
        String header = ADMIN.header("GET", PATH, freshNonce(), 1);

        Shown.Unknown answer = unknown(shown(header.replace(right, broken)));
        assertThat(answer.problem().status()).isEqualTo(400);
        assertThat(answer.problem().code()).isEqualTo("bad-digest");
    }

    @Test
    void withoutAPasswordNobodyIsAnybody() {
        DigestProof closed = new DigestProof("admin", Optional.empty(), new byte[DigestProof.KEY_BYTES]);

        Shown.Unknown answer =
                unknown(closed.of(head("GET", new DigestCaller("admin", "").get(PATH, freshNonce(), 1)), NOW));
        assertThat(answer.problem().status()).isEqualTo(403);
        assertThat(answer.headers()).isEmpty();
    }
}
