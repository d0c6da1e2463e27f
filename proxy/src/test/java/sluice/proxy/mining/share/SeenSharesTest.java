package sluice.proxy.mining.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.share.SeenShares.Added;

class SeenSharesTest {
    private static final Hash256 TIP = Hash256.of(hash(new SplittableRandom(4)), 0);

    private final SeenShares seen = new SeenShares();

    private static byte[] hash(SplittableRandom random) {
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return hash;
    }

    @Test
    void remembersExactlyUpToTheLimitAndRefusesOnePastIt() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < SeenShares.LIMIT; i++) {
            assertThat(seen.add(hash(random), 0)).isEqualTo(Added.NEW);
        }
        assertThat(seen.size()).isEqualTo(SeenShares.LIMIT);
        assertThat(seen.add(hash(random), 0)).isEqualTo(Added.FULL);
        SplittableRandom again = new SplittableRandom(1);
        for (int i = 0; i < SeenShares.LIMIT; i++) {
            assertThat(seen.add(hash(again), 0)).isEqualTo(Added.DUPLICATE);
        }
    }

    @Test
    void hashesThatDifferInAnySingleBitAreDifferentShares() {
        byte[] hash = hash(new SplittableRandom(2));
        assertThat(seen.add(hash, 0)).isEqualTo(Added.NEW);
        for (int bit = 0; bit < 256; bit++) {
            byte[] other = hash.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seen.add(other, 0)).as("bit %d", bit).isEqualTo(Added.NEW);
        }
        assertThat(seen.size()).isEqualTo(257);
    }

    @Test
    void startsAfreshOnAnotherTipOnly() {
        byte[] hash = hash(new SplittableRandom(3));
        seen.onTip(TIP);
        seen.add(hash, 0);
        seen.onTip(TIP);
        assertThat(seen.add(hash, 0)).isEqualTo(Added.DUPLICATE);
        seen.onTip(Hash256.ZERO);
        assertThat(seen.size()).isZero();
        assertThat(seen.add(hash, 0)).isEqualTo(Added.NEW);
    }
}
