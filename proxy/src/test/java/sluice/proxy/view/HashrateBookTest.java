package sluice.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hashrate;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.share.ShareVerdict;

class HashrateBookTest {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);
    private static final Instant LATER = START.plusSeconds(10);

    private final FarmView view = new FarmView();

    private void connects(long connection, String listener) {
        view.on(new GatewayEvent.MinerConnected(START, connection, "192.0.2.1:1000", listener));
    }

    private void opens(long connection, String user) {
        view.on(new GatewayEvent.ChannelOpened(START, connection, 1, MinerProtocol.SV1, user));
    }

    private void shares(long connection, String user, ShareVerdict verdict, double difficulty, Instant at) {
        view.on(new GatewayEvent.ShareSubmitted(
                at, connection, 1, MinerProtocol.SV1, user, 3, verdict, difficulty, Optional.empty()));
    }

    private static double rate(double difficulty) {
        return Hashrate.fromDifficulty(difficulty, Duration.ofSeconds(10));
    }

    private static void requireRate(Hashrates rates, double difficulty) {
        assertThat(rates.oneDay()).isCloseTo(rate(difficulty), within(rate(difficulty) * 0.01));
    }

    @Test
    void aShareCountsForItsMinerItsWorkerItsPortAndTheWhole() {
        connects(1, "default");
        connects(2, "lan2");
        opens(1, "farm.a");
        opens(2, "farm.a");
        shares(1, "farm.a", ShareVerdict.ACCEPTED, 100, LATER);
        shares(2, "farm.a", ShareVerdict.ACCEPTED, 50, LATER);

        FarmHashrates rates = view.hashrates(LATER);
        requireRate(rates.gateway(), 150);
        requireRate(rates.listeners().get("default"), 100);
        requireRate(rates.listeners().get("lan2"), 50);
        requireRate(rates.workers().get("farm.a"), 150);
        assertThat(rates.miners())
                .extracting(FarmHashrates.Miner::connectionId, FarmHashrates.Miner::listener)
                .containsExactly(tuple(1L, "default"), tuple(2L, "lan2"));
        requireRate(rates.miners().getFirst().hashrates(), 100);
    }

    @Test
    void refusedSharesAreNoWork() {
        connects(1, "default");
        opens(1, "farm.a");
        shares(1, "farm.a", ShareVerdict.LOW_DIFFICULTY, 0, LATER);
        shares(1, "farm.a", ShareVerdict.STALE, 0, LATER);
        assertThat(view.hashrates(LATER).gateway()).isEqualTo(Hashrates.NONE);
    }

    @Test
    void anUpstreamIsEstimatedFromWhatItAccepted() {
        view.on(new GatewayEvent.MiningPoolConnected(START, "main"));
        view.on(new GatewayEvent.UpstreamAccepted(LATER, "main", 3, 600));
        requireRate(view.hashrates(LATER).upstreams().get("main"), 600);
    }

    @Test
    void severalNamesOnOneConnectionAreSeveralMiners() {
        connects(1, "default");
        opens(1, "farm.a");
        shares(1, "farm.b", ShareVerdict.ACCEPTED, 100, START);
        shares(1, "farm.b", ShareVerdict.ACCEPTED, 70, LATER);

        FarmHashrates rates = view.hashrates(LATER);
        assertThat(rates.miners()).extracting(FarmHashrates.Miner::userIdentity).containsExactly("farm.a", "farm.b");
        requireRate(rates.workers().get("farm.b"), 70);
    }

    @Test
    void aMinerThatLeavesIsForgottenAndItsWorkerFades() {
        connects(1, "default");
        opens(1, "farm.a");
        shares(1, "farm.a", ShareVerdict.ACCEPTED, 100, LATER);
        view.on(new GatewayEvent.MinerDisconnected(LATER, 1, "closed-by-miner", ""));

        FarmHashrates rates = view.hashrates(LATER.plusSeconds(600));
        assertThat(rates.miners()).isEmpty();
        assertThat(rates.workers().get("farm.a").oneMinute()).isLessThan(rate(100) * 1e-3);
        assertThat(rates.workers().get("farm.a").oneDay()).isPositive();
    }

    @Test
    void oneMinerOrWorkerTooManyTakesThePlaceOfTheOneThatWasSilentLongest() {
        connects(1, "default");
        opens(1, "first");
        opens(1, "busy");
        for (int i = 2; i < HashrateBook.MAX_MINERS; i++) {
            opens(1, "w" + i);
        }
        shares(1, "first", ShareVerdict.ACCEPTED, 1, LATER);
        assertThat(view.hashrates(LATER).miners()).hasSize(HashrateBook.MAX_MINERS);
        assertThat(view.hashrates(LATER).workers()).hasSize(HashrateBook.MAX_WORKERS);

        opens(1, "one-more");
        FarmHashrates rates = view.hashrates(LATER);
        assertThat(rates.miners()).hasSize(HashrateBook.MAX_MINERS);
        assertThat(rates.workers())
                .hasSize(HashrateBook.MAX_WORKERS)
                .containsKeys("first", "one-more")
                .doesNotContainKey("busy");
    }

    @Test
    void upstreamsBeyondTheLimitAreEstimatedTogether() {
        for (int i = 0; i <= FarmView.MAX_UPSTREAMS; i++) {
            view.on(new GatewayEvent.MiningPoolConnected(START, "pool" + i));
        }
        view.on(new GatewayEvent.UpstreamAccepted(LATER, "pool" + FarmView.MAX_UPSTREAMS, 1, 5));
        requireRate(view.hashrates(LATER).upstreams().get("other"), 5);
    }
}
