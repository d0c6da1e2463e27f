package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.Test;

class ReadSliceTest {
    @Test
    void aStrangerIsReadInSmallSlicesAndAMinerByWhichWorkCameInLargeOnes() {
        ReadSlice slice = new ReadSlice();
        RecvByteBufAllocator.ExtendedHandle reading = slice.newHandle();
        assertThat(reading.guess()).isEqualTo(ReadSlice.UNPROVEN_BYTES);
        slice.prove();
        assertThat(reading.guess()).isEqualTo(ReadSlice.PROVEN_BYTES);
    }
}
