package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.miner.ClientAction;
import sluice.proxy.miner.ClientEvent;
import sluice.proxy.miner.ClientInput;
import sluice.proxy.miner.HashSearch;
import sluice.proxy.miner.Sv1MinerClient;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteUpdate;

/** The CPU miner's side of SV1 and ours, line by line and share by share. */
class Sv1CpuMinerTest {
    private final Sv1Farm farm = new Sv1Farm(new VardiffConfig(true, 6, 1e-9, 1e-9));
    private final Sv1MinerSession session = new Sv1MinerSession(1, farm.context, MinerOrigin.LOCAL);
    private final Sv1MinerClient client =
            new Sv1MinerClient(new Sv1MinerClient.Settings("acct.cpu", "x", OptionalDouble.of(2e-9)), 0);
    private final HashSearch search = HashSearch.ofThread(0, 1);
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();
    private final List<ClientEvent> seen = new ArrayList<>();
    private final List<GatewayEvent> counted = new ArrayList<>();
    private final List<ForwardedShare> forwarded = new ArrayList<>();

    private void client(ClientInput input) {
        for (ClientAction action : client.on(input, farm.now)) {
            switch (action) {
                case ClientAction.SendSv1 send ->
                    // The session gets a line without its end.
                    session(new MinerInput.LineReceived(withoutEnd(Sv1Encoder.encode(send.message()))));
                case ClientAction.StartWork start -> search.take(start.work());
                case ClientAction.Publish publish -> seen.add(publish.event());
                case ClientAction.SetDeadline set -> {}
                default -> throw new AssertionError(action);
            }
        }
    }

    private void session(MinerInput input) {
        // Copied, because what the client makes of a line comes back here before the list is at its end.
        for (MinerAction action : List.copyOf(session.on(input, farm.now))) {
            switch (action) {
                case MinerAction.Send send -> {
                    byte[] line = send.bytes().toArray();
                    client(new ClientInput.Sv1Received(decoder.decode(line, 0, line.length - 1)));
                }
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

    private static Bytes withoutEnd(byte[] line) {
        return Bytes.of(line, 0, line.length - 1);
    }

    private void update(RouteUpdate update) {
        farm.route.apply(update);
        session(new MinerInput.RouteUpdated(update));
    }

    private void minesShares(int count) {
        for (int found = 0; found < count; ) {
            var share = search.search(10_000).share();
            if (share.isPresent()) {
                client(new ClientInput.ShareFound(share.get()));
                found++;
            }
        }
    }

    @Test
    void agreeOnEveryShareAcrossJobsTipsDifficultiesAndVersionMasks() {
        farm.upstream(Difficulty.targetOf(4e-9), true);
        session(new MinerInput.Started());
        client(new ClientInput.Connected());
        update(new RouteUpdate.TipChanged(farm.job(1, VectorJobs.SHARE_TIP)));
        minesShares(5);
        farm.now = farm.now.plusSeconds(5);
        update(new RouteUpdate.JobAdded(farm.job(2, VectorJobs.SHARE_TIP)));
        minesShares(5);
        update(new RouteUpdate.JobAdded(farm.job(3, VectorJobs.SHARE_TIP, false, farm.route.target())));
        minesShares(20);
        update(new RouteUpdate.TipChanged(farm.job(4, Sv1Farm.nextTip())));
        minesShares(5);

        assertThat(seen.stream().filter(ClientEvent.SharesAccepted.class::isInstance))
                .hasSize(35);
        assertThat(seen).noneMatch(ClientEvent.ShareRejected.class::isInstance);
        assertThat(seen).noneMatch(ClientEvent.ShareStale.class::isInstance);
        assertThat(counted.stream().filter(GatewayEvent.ShareSubmitted.class::isInstance))
                .hasSize(35);
        assertThat(forwarded.stream().filter(share -> share.job().id() == 3))
                .isNotEmpty()
                .allMatch(share -> share.version() == VectorJobs.VERSION);
    }
}
