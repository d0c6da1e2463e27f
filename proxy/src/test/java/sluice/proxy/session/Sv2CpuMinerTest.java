package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.miner.ClientAction;
import sluice.proxy.miner.ClientEvent;
import sluice.proxy.miner.ClientInput;
import sluice.proxy.miner.HashSearch;
import sluice.proxy.miner.Sv2MinerClient;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;

/** The CPU miner's side of SV2 and ours, frame by frame and share by share. */
class Sv2CpuMinerTest {
    private final Sv2Farm farm = new Sv2Farm(new VardiffConfig(true, 6, Sv2Farm.EASY, Sv2Farm.EASY));
    private final Sv2MinerSession session = new Sv2MinerSession(farm.context, 1, Sv2Farm.LIMITS, MinerOrigin.LOCAL);
    private final HashSearch search = HashSearch.ofThread(0, 1);
    private final List<ClientEvent> seen = new ArrayList<>();
    private final List<GatewayEvent> counted = new ArrayList<>();
    private final List<ForwardedShare> forwarded = new ArrayList<>();
    private Sv2MinerClient client;

    private void client(ClientInput input) {
        for (ClientAction action : client.on(input, farm.now)) {
            switch (action) {
                case ClientAction.SendSv2 send ->
                    session(new MinerInput.FrameReceived(
                            Frame.parse(send.message().toFrame())));
                case ClientAction.StartWork start -> search.take(start.work());
                case ClientAction.Publish publish -> seen.add(publish.event());
                case ClientAction.SetDeadline set -> {}
                default -> throw new AssertionError(action);
            }
        }
    }

    private void session(MinerInput input) {
        // Copied, because what the client makes of a frame comes back here before the list is at its end.
        for (MinerAction action : List.copyOf(session.on(input, farm.now))) {
            switch (action) {
                case MinerAction.Send send ->
                    client(new ClientInput.Sv2Received(
                            Sv2Codec.decode(Frame.parse(send.bytes().toArray())).orElseThrow()));
                case MinerAction.Forward forward -> forwarded.add(forward.share());
                case MinerAction.Publish publish -> counted.add(publish.event());
                case MinerAction.SetDeadline set -> {}
                case MinerAction.DemandChanged changed -> {}
                case MinerAction.Identified identified -> {}
                case MinerAction.Proved proved -> {}
                case MinerAction.Offended offended -> throw new AssertionError(offended);
                case MinerAction.Disconnect disconnect -> throw new AssertionError(disconnect);
            }
        }
    }

    private void mineShares(int count) {
        for (int found = 0; found < count; ) {
            farm.pass(Duration.ofMillis(50));
            var share = search.search(10_000).share();
            if (share.isPresent()) {
                client(new ClientInput.ShareFound(share.get()));
                found++;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void agreeOnEveryShareAcrossJobsTipsTargetsAndUpstreams(boolean standard) {
        client = new Sv2MinerClient(new Sv2MinerClient.Settings(standard, "acct.cpu", "localhost", 3333, 0.001), 0);
        farm.sessions.add(this::session);
        farm.upstream(24, Difficulty.targetOf(1e-8), true);
        session(new MinerInput.Started());
        client(new ClientInput.Connected());
        farm.newTip();
        mineShares(5);
        long future = farm.futureJob();
        farm.activeJob();
        mineShares(5);
        farm.activate(future);
        mineShares(30);
        farm.newTip();
        mineShares(5);
        farm.upstream(8, Difficulty.targetOf(2e-9), true);
        mineShares(2);
        farm.newTip();
        mineShares(5);
        session(new MinerInput.DeadlineReached(MinerDeadline.ACKNOWLEDGE));

        assertThat(seen).noneMatch(ClientEvent.ShareRejected.class::isInstance);
        assertThat(seen).noneMatch(ClientEvent.ShareStale.class::isInstance);
        assertThat(client.outstandingShares()).isZero();
        assertThat(accepted()).isEqualTo(52);
        assertThat(counted.stream().filter(ShareSubmitted.class::isInstance)).hasSize(52);
        assertThat(counted.stream().filter(GatewayEvent.MinerTargetChanged.class::isInstance))
                .as("targets that difficulty control and the upstreams set")
                .hasSizeGreaterThan(1);
        assertThat(forwarded).isNotEmpty();
    }

    private long accepted() {
        long sum = 0;
        for (ClientEvent event : seen) {
            if (event instanceof ClientEvent.SharesAccepted accepted) {
                sum += accepted.count();
            }
        }
        return sum;
    }
}
