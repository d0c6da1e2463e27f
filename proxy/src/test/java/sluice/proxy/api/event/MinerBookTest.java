package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;

class MinerBookTest {
    private final MinerBook book = new MinerBook();

    private void connect(long connection) {
        book.connected(
                new GatewayEvent.MinerConnected(Happenings.AT, connection, "192.0.2.1:" + connection, "default"));
    }

    private void open(long connection, long channel, String worker) {
        book.opened(new GatewayEvent.ChannelOpened(Happenings.AT, connection, channel, MinerProtocol.SV1, worker));
    }

    private void close(long connection, long channel) {
        book.closed(new GatewayEvent.ChannelClosed(Happenings.AT, connection, channel, "bye"));
    }

    @Test
    void aConnectionIsItsOnlyWorkersAndThatOfNobodyWhereItHasSeveral() {
        connect(1);
        assertThat(book.worker(1)).isEmpty();
        open(1, 1, "farm.a");
        open(1, 2, "farm.a");
        assertThat(book.worker(1)).isEqualTo("farm.a");
        open(1, 3, "farm.b");
        assertThat(book.worker(1)).isEmpty();
        assertThat(book.worker(1, 3)).isEqualTo("farm.b");
        close(1, 3);
        assertThat(book.worker(1)).isEqualTo("farm.a");
        assertThat(book.worker(1, 3)).isEmpty();
        assertThat(book.endpoint(1)).isEqualTo("192.0.2.1:1");
    }

    @Test
    void aConnectionWithoutAChannelIsThatOfItsLatestWorker() {
        connect(1);
        open(1, 1, "farm.a");
        open(1, 2, "farm.b");
        close(1, 1);
        close(1, 2);
        assertThat(book.worker(1)).isEqualTo("farm.b");
    }

    @Test
    void whoIsGoneIsForgotten() {
        connect(1);
        open(1, 1, "farm.a");
        book.disconnected(1);
        assertThat(book.endpoint(1)).isEmpty();
        assertThat(book.worker(1, 1)).isEmpty();
    }

    @Test
    void itKnowsSoManyAndLearnsOthersWhenSomeAreGone() {
        for (int i = 0; i < MinerBook.MAX_KNOWN / 2; i++) {
            connect(i);
            open(i, 1, "farm");
        }
        assertThat(book.worker(MinerBook.MAX_KNOWN / 2 - 1)).isEqualTo("farm");
        connect(MinerBook.MAX_KNOWN);
        open(0, 2, "other");
        assertThat(book.endpoint(MinerBook.MAX_KNOWN)).isEmpty();
        assertThat(book.worker(0, 2)).isEmpty();

        book.disconnected(1);
        connect(MinerBook.MAX_KNOWN);
        open(MinerBook.MAX_KNOWN, 1, "other");
        assertThat(book.worker(MinerBook.MAX_KNOWN)).isEqualTo("other");
    }
}
