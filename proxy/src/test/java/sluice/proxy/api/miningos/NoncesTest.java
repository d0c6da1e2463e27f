package sluice.proxy.api.miningos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoncesTest {
    private static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");

    private final Nonces nonces = new Nonces(key(1));

    private static byte[] key(int first) {
        byte[] key = new byte[Nonces.KEY_BYTES];
        key[0] = (byte) first;
        return key;
    }

    @Test
    void eachUseCountsOnceAndOnlyUpwards() {
        String nonce = nonces.issue(NOW);

        assertThat(nonces.use(nonce, 0, NOW)).isFalse();
        assertThat(nonces.use(nonce, 1, NOW)).isTrue();
        assertThat(nonces.use(nonce, 1, NOW)).as("a replay").isFalse();
        assertThat(nonces.use(nonce, 5, NOW)).isTrue();
        assertThat(nonces.use(nonce, 3, NOW)).isFalse();
    }

    @Test
    void aNonceIsGoodForFiveMinutes() {
        String nonce = nonces.issue(NOW);

        assertThat(nonces.use(nonce, 1, NOW.plus(Nonces.NONCE_TIMEOUT))).isTrue();
        assertThat(nonces.use(nonce, 2, NOW.plus(Nonces.NONCE_TIMEOUT).plusMillis(1)))
                .isFalse();
        assertThat(nonces.use(nonce, 3, NOW.minusMillis(1)))
                .as("of a clock that was set back")
                .isFalse();
    }

    @Test
    void onlyOwnNoncesOfThisStartAreGood() {
        String nonce = nonces.issue(NOW);
        String other = (nonce.startsWith("0") ? "1" : "0") + nonce.substring(1);

        assertThat(nonces.issue(NOW)).as("of the same moment").isNotEqualTo(nonce);
        assertThat(List.of("", "no hex", "00", nonce + "00", other)).noneMatch(made -> nonces.use(made, 1, NOW));
        assertThat(new Nonces(key(2)).use(nonce, 1, NOW)).isFalse();
        assertThatThrownBy(() -> new Nonces(new byte[Nonces.KEY_BYTES - 1])).hasMessageContaining("32 bytes");
    }

    @Test
    void atMost1024AreRememberedAndNoneThatIsForgottenIsGoodAgain() {
        List<String> issued = new ArrayList<>();
        for (int i = 0; i <= Nonces.MAX_USED; i++) {
            issued.add(nonces.issue(NOW));
        }
        String unused = issued.removeFirst();
        for (String nonce : issued) {
            assertThat(nonces.use(nonce, 1, NOW)).isTrue();
        }
        assertThat(nonces.use(issued.getFirst(), 2, NOW))
                .as("1024 are remembered")
                .isTrue();

        assertThat(nonces.use(nonces.issue(NOW), 1, NOW)).as("and one more").isTrue();
        assertThat(nonces.use(issued.getFirst(), 3, NOW)).isFalse();
        assertThat(nonces.use(unused, 1, NOW))
                .as("issued before one that is void")
                .isFalse();
        assertThat(nonces.use(issued.get(1), 2, NOW)).isTrue();
    }

    @Test
    void strangersWhoAskForManyTakeNobodysAway() {
        String nonce = nonces.issue(NOW);
        for (int i = 0; i < 4 * Nonces.MAX_USED; i++) {
            nonces.issue(NOW);
        }
        assertThat(nonces.use(nonce, 1, NOW)).isTrue();
    }
}
