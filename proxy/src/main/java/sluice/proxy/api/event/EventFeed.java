package sluice.proxy.api.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import sluice.config.EventType;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Enters each event into the ledger, with what is known of its miner, and wakes the readers after each batch. */
public final class EventFeed implements GatewayEvents.Listener {
    private static final String NONE = "";

    private final EventLedger ledger;
    private final PoolAddresses pools;
    private final MinerBook miners = new MinerBook();
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private boolean isNew;

    public EventFeed(EventLedger ledger, PoolAddresses pools) {
        this.ledger = ledger;
        this.pools = pools;
    }

    public EventLedger ledger() {
        return ledger;
    }

    /** Has {@code wake} run on the bus thread after each batch with events; it must not wait for anything. */
    public void onMore(Runnable wake) {
        readers.add(wake);
    }

    /** For as long as nobody calls it again. */
    public void noMore(Runnable wake) {
        readers.remove(wake);
    }

    @Override
    public void on(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.MinerConnected e -> {
                miners.connected(e);
                enter(event, e.remoteAddress(), NONE, NONE);
            }
            case GatewayEvent.MinerDisconnected e -> {
                enterOf(event, e.connectionId());
                miners.disconnected(e.connectionId());
            }
            case GatewayEvent.ChannelOpened e -> {
                miners.opened(e);
                enter(event, miners.endpoint(e.connectionId()), e.userIdentity(), NONE);
            }
            case GatewayEvent.ChannelClosed e -> {
                enterOf(event, e.connectionId(), e.channelId());
                miners.closed(e);
            }
            case GatewayEvent.CoinbaseBeyondBudget e -> enterOf(event, e.connectionId(), e.channelId());
            case GatewayEvent.MinerTargetChanged e -> enterOf(event, e.connectionId(), e.channelId());
            case GatewayEvent.CustomJobTaken e -> enterOf(event, e.connectionId(), e.channelId());
            case GatewayEvent.CustomJobRefused e -> enterOf(event, e.connectionId(), e.channelId());
            case GatewayEvent.MinerProfiled e ->
                enter(event, miners.endpoint(e.connectionId()), e.userIdentity(), NONE);
            case GatewayEvent.ShareSubmitted e ->
                enter(event, miners.endpoint(e.connectionId()), e.userIdentity(), NONE);
            case GatewayEvent.MinerMessageIgnored e -> enterOf(event, e.connectionId());
            case GatewayEvent.SharesUnjudged e -> enterOf(event, e.connectionId());
            case GatewayEvent.MinerPlaced e -> enterOf(event, e.connectionId());
            case GatewayEvent.ShareUnforwardable e -> enter(event, NONE, e.userIdentity(), NONE);
            case GatewayEvent.UpstreamRejected e -> enter(event, NONE, e.userIdentity(), NONE);
            case GatewayEvent.BlockFound e -> enter(event, NONE, e.userIdentity(), NONE);
            case GatewayEvent.MiningPoolConnected e -> enterOfPool(event, e.upstream());
            case GatewayEvent.MiningPoolDisconnected e -> enterOfPool(event, e.upstream());
            case GatewayEvent.ConnectionsRefused _,
                    GatewayEvent.AddressBanned _,
                    GatewayEvent.ShareForwarded _,
                    GatewayEvent.UpstreamAccepted _,
                    GatewayEvent.UpstreamUnanswered _,
                    GatewayEvent.MiningJobCreated _,
                    GatewayEvent.ChainTipUpdated _,
                    GatewayEvent.MiningDifficultyChanged _,
                    GatewayEvent.JobDelivered _,
                    GatewayEvent.BlockAnswered _,
                    GatewayEvent.PayoutMismatch _,
                    GatewayEvent.CoinbaseProviderChanged _,
                    GatewayEvent.CoinbaseOutputsWanted _,
                    GatewayEvent.CoinbaseOutputsTaken _,
                    GatewayEvent.CoinbaseOutputsRefused _,
                    GatewayEvent.CoinbaseOutputsUnused _,
                    GatewayEvent.UpstreamSwitched _,
                    GatewayEvent.SwitchDelivered _,
                    GatewayEvent.HoldBegan _,
                    GatewayEvent.HoldEnded _,
                    GatewayEvent.PlanApplied _,
                    GatewayEvent.PlanRejected _,
                    GatewayEvent.NodeReported _,
                    GatewayEvent.PortsClosed _,
                    GatewayEvent.PortsOpened _ -> enter(event, NONE, NONE, NONE);
        }
    }

    @Override
    public void onBatchEnd() {
        if (isNew) {
            isNew = false;
            readers.forEach(Runnable::run);
        }
    }

    private void enterOf(GatewayEvent event, long connectionId) {
        enter(event, miners.endpoint(connectionId), miners.worker(connectionId), NONE);
    }

    private void enterOf(GatewayEvent event, long connectionId, long channelId) {
        enter(event, miners.endpoint(connectionId), miners.worker(connectionId, channelId), NONE);
    }

    private void enterOfPool(GatewayEvent event, String upstream) {
        enter(event, NONE, NONE, pools.urlOf(upstream).orElse(NONE));
    }

    private void enter(GatewayEvent event, String endpoint, String worker, String poolUrl) {
        EventType type = EventSubjects.type(event);
        ledger.add(new PublishedEvent(ledger.next(type), type, event, endpoint, worker, poolUrl));
        isNew = true;
    }
}
