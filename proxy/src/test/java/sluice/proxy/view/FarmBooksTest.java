package sluice.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.share.ShareVerdict;

class FarmBooksTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);

    private final FarmBooks books = new FarmBooks();

    private void connected(long id) {
        books.on(new GatewayEvent.MinerConnected(AT, id, "192.0.2.1:1000", "default"));
    }

    private void opened(long id, long channel, String user) {
        books.on(new GatewayEvent.ChannelOpened(AT, id, channel, MinerProtocol.SV2_STANDARD, user));
    }

    private void share(long jobId, String user, ShareVerdict verdict) {
        books.on(new GatewayEvent.ShareSubmitted(
                AT, 1, 1, MinerProtocol.SV1, user, jobId, verdict, verdict.isAccepted() ? 8 : 0, Optional.empty()));
    }

    private static Hash256 hash(int number) {
        return Hash256.fromDisplay("%064x".formatted(number));
    }

    @Test
    void countsWhatEachChannelWasTold() {
        connected(1);
        opened(1, 1, "a");
        share(1, "a", ShareVerdict.ACCEPTED);
        share(1, "a", ShareVerdict.STALE);
        share(1, "a", ShareVerdict.DUPLICATE);

        ShareCounts.Counts counts =
                books.miner(1).orElseThrow().channels().getFirst().shares();
        assertThat(counts).isEqualTo(new ShareCounts.Counts(1, 1, 1, 8, Optional.of(AT)));
        assertThat(books.workers()).containsEntry("a", counts);
        books.on(new GatewayEvent.ChannelClosed(AT, 1, 1, "done"));
        assertThat(books.miner(1).orElseThrow().channels()).isEmpty();
    }

    @Test
    void theLatest1024SharesAreKept() {
        for (int i = 0; i <= FarmBooks.MAX_SHARES; i++) {
            share(i, "a", ShareVerdict.ACCEPTED);
        }
        assertThat(books.shares()).hasSize(FarmBooks.MAX_SHARES);
        assertThat(books.shares().getFirst().jobId()).isEqualTo(FarmBooks.MAX_SHARES);
        assertThat(books.shares().getLast().jobId()).isEqualTo(1);
    }

    @Test
    void theLatest256BlocksAreKeptWithTheirAnswers() {
        for (int i = 0; i <= FarmBooks.MAX_BLOCKS; i++) {
            books.on(new GatewayEvent.BlockFound(AT, hash(i), "a", "main"));
        }
        for (int i = 0; i <= FarmBooks.MAX_ANSWERS; i++) {
            books.on(new GatewayEvent.BlockAnswered(AT, hash(1), "path" + i, Optional.empty()));
        }
        books.on(new GatewayEvent.BlockAnswered(AT, hash(0), "path", Optional.empty()));

        assertThat(books.blocks()).hasSize(FarmBooks.MAX_BLOCKS);
        assertThat(books.blocks().getFirst().found().hash()).isEqualTo(hash(FarmBooks.MAX_BLOCKS));
        assertThat(books.blocks().getLast().answers()).hasSize(FarmBooks.MAX_ANSWERS);
    }

    @Test
    void theLatest4096BansAreKeptUntilTheyEnd() {
        for (int i = 0; i <= FarmBooks.MAX_BANS; i++) {
            books.on(new GatewayEvent.AddressBanned(AT, "address" + i, AT.plusSeconds(60), "malformed"));
        }
        assertThat(books.bans(AT))
                .hasSize(FarmBooks.MAX_BANS)
                .noneMatch(ban -> ban.address().equals("address0"));
        assertThat(books.bans(AT.plusSeconds(60))).isEmpty();
    }

    @Test
    void theLatest65536WorkersAreKept() {
        for (int i = 0; i < FarmBooks.MAX_WORKERS; i++) {
            share(1, "w" + i, ShareVerdict.ACCEPTED);
        }
        share(1, "w0", ShareVerdict.ACCEPTED);
        share(1, "one more", ShareVerdict.ACCEPTED);
        assertThat(books.workers())
                .hasSize(FarmBooks.MAX_WORKERS)
                .containsKeys("w0", "one more")
                .doesNotContainKey("w1");
    }

    @Test
    void asManyConnectionsAndChannelsAreListedAsTheirLimitsSay() {
        for (int i = 0; i <= MinerRoster.MAX_CONNECTIONS; i++) {
            connected(i);
        }
        assertThat(books.miners()).hasSize(MinerRoster.MAX_CONNECTIONS);
        assertThat(books.miner(MinerRoster.MAX_CONNECTIONS)).isEmpty();
        books.on(new GatewayEvent.MinerDisconnected(AT, 5, "closed", ""));
        connected(MinerRoster.MAX_CONNECTIONS);
        assertThat(books.miner(MinerRoster.MAX_CONNECTIONS)).isPresent();

        for (int i = 0; i <= MinerRoster.MAX_CHANNELS; i++) {
            opened(1, i, "a");
        }
        assertThat(books.miner(1).orElseThrow().channels()).hasSize(MinerRoster.MAX_CHANNELS);
        opened(2, 1, "a");
        assertThat(books.miner(2).orElseThrow().channels()).isEmpty();
        books.on(new GatewayEvent.MinerDisconnected(AT, 1, "closed", ""));
        opened(2, 1, "a");
        assertThat(books.miner(2).orElseThrow().channels()).hasSize(1);
    }
}
