package sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;

class UpstreamChannelTest {
    private static UpstreamChannel channel(int prefix, int granted) {
        return new UpstreamChannel("pool", Bytes.zeros(prefix), granted, Target.MAX, true);
    }

    @Test
    void aFullExtranonceHasAtMostThirtyTwoBytes() {
        assertThat(channel(24, UpstreamChannel.MAX_FULL_EXTRANONCE - 24).extranonceSize())
                .isEqualTo(8);
        assertThatThrownBy(() -> channel(24, UpstreamChannel.MAX_FULL_EXTRANONCE - 23))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24 + 9 bytes");
    }

    @Test
    void aGrantIsNoNegativeNumberOfBytes() {
        assertThat(channel(32, 0).extranonceSize()).isZero();
        assertThatThrownBy(() -> channel(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
