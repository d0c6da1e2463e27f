package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.wire.ProtocolViolation;

class ConnectionEndTest {
    @Test
    void aViolationIsCountedByItsOwnReason() {
        assertThat(ConnectionEnd.of(new ProtocolViolation("frame-too-large", "9 bytes, at most 8"), 1))
                .isEqualTo(new ConnectionEnd("frame-too-large", "9 bytes, at most 8"));
    }

    @Test
    void theNetworksDoingIsNoBug() {
        assertThat(ConnectionEnd.of(new IOException("Connection reset by peer"), 1))
                .isEqualTo(new ConnectionEnd(ConnectionEnd.CONNECTION_BROKEN, "Connection reset by peer"));
        assertThat(ConnectionEnd.of(new ClosedChannelException(), 1).reason())
                .isEqualTo(ConnectionEnd.CONNECTION_BROKEN);
    }

    @Test
    void everythingElseIsABugAndNeverPassesForTheNetworksDoing() {
        assertThat(ConnectionEnd.of(new IllegalStateException("oops"), 1).reason())
                .isEqualTo(ConnectionEnd.INTERNAL_ERROR);
        assertThat(ConnectionEnd.of(new DecoderException(new IndexOutOfBoundsException()), 1)
                        .reason())
                .isEqualTo(ConnectionEnd.INTERNAL_ERROR);
    }
}
