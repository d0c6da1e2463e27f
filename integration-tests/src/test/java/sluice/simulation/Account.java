package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.HashMap;
import java.util.Map;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.FarmView;

/** What the events of one gateway add up to, and that nothing is missing in the sums. */
final class Account {
    private final FarmView view = new FarmView();
    private final Map<Long, Tally> connections = new HashMap<>();
    private final Tally all = new Tally();
    private long connected;
    private long disconnected;
    private long openChannels;
    private long handedOver;
    private long forwarded;
    private long unforwardable;
    private long upstreamAccepted;
    private long upstreamRejected;
    private long unanswered;
    private long blocksFound;
    private long poolsConnected;
    private long tips;
    private long switches;
    private boolean portsEverClosed;
    private String dueUser;
    private String dueReason;

    /** Verdicts, by what the miner was told. */
    static final class Tally {
        private long accepted;
        private long stale;
        private long rejected;

        long accepted() {
            return accepted;
        }

        long stale() {
            return stale;
        }

        long rejected() {
            return rejected;
        }

        long total() {
            return accepted + stale + rejected;
        }

        void add(Submission.Verdict verdict) {
            switch (verdict) {
                case ACCEPTED -> accepted++;
                case STALE -> stale++;
                case REJECTED -> rejected++;
            }
        }

        void addAll(Tally other) {
            accepted += other.accepted;
            stale += other.stale;
            rejected += other.rejected;
        }

        @Override
        public String toString() {
            return accepted + " accepted, " + stale + " stale, " + rejected + " rejected";
        }
    }

    /** Shares that miners were told are good. */
    long accepted() {
        return all.accepted();
    }

    void on(GatewayEvent event) {
        view.on(event);
        switch (event) {
            case GatewayEvent.MinerConnected miner -> connected++;
            case GatewayEvent.MinerDisconnected miner -> {
                disconnected++;
                checkReason(miner);
            }
            case GatewayEvent.MinerMessageIgnored message -> {}
            case GatewayEvent.ChannelOpened opened -> openChannels++;
            case GatewayEvent.ChannelClosed closed -> openChannels--;
            case GatewayEvent.MinerProfiled profiled -> {}
            case GatewayEvent.CoinbaseBeyondBudget coinbase -> {}
            case GatewayEvent.MinerTargetChanged changed -> {}
            case GatewayEvent.ShareSubmitted share -> {
                Submission.Verdict verdict = verdict(share);
                all.add(verdict);
                connections
                        .computeIfAbsent(share.connectionId(), id -> new Tally())
                        .add(verdict);
            }
            case GatewayEvent.SharesUnjudged shares -> {
                for (long i = 0; i < shares.count(); i++) {
                    all.add(Submission.Verdict.REJECTED);
                    connections
                            .computeIfAbsent(shares.connectionId(), id -> new Tally())
                            .add(Submission.Verdict.REJECTED);
                }
            }
            case GatewayEvent.ConnectionsRefused refused ->
                throw new AssertionError("who may connect is not simulated: " + refused);
            case GatewayEvent.AddressBanned banned ->
                throw new AssertionError("who may connect is not simulated: " + banned);
            case GatewayEvent.ShareForwarded share -> forwarded++;
            case GatewayEvent.ShareUnforwardable share -> unforwardable++;
            case GatewayEvent.UpstreamAccepted accepted -> upstreamAccepted += accepted.count();
            case GatewayEvent.UpstreamRejected rejected -> {
                upstreamRejected++;
                require(
                        dueUser == null || rejected.userIdentity().equals(dueUser),
                        "%s is booked to the wrong miner: the share was of %s",
                        rejected,
                        dueUser);
                require(
                        dueReason == null || rejected.errorCode().equals(dueReason),
                        "%s was rejected for %s",
                        rejected,
                        dueReason);
                dueUser = null;
                dueReason = null;
            }
            case GatewayEvent.UpstreamUnanswered shares -> unanswered += shares.count();
            case GatewayEvent.MiningPoolConnected pool -> poolsConnected++;
            case GatewayEvent.MiningPoolDisconnected pool -> {}
            case GatewayEvent.MiningJobCreated job -> {}
            case GatewayEvent.CustomJobTaken taken -> {}
            case GatewayEvent.CustomJobRefused refused -> {}
            case GatewayEvent.ChainTipUpdated tip -> tips++;
            case GatewayEvent.MiningDifficultyChanged changed -> {}
            case GatewayEvent.JobDelivered job -> {}
            case GatewayEvent.BlockFound block -> blocksFound++;
            case GatewayEvent.BlockAnswered block -> {}
            case GatewayEvent.UpstreamSwitched change -> switches++;
            case GatewayEvent.SwitchDelivered delivered -> {}
            case GatewayEvent.HoldBegan hold -> {}
            case GatewayEvent.HoldEnded hold -> {}
            case GatewayEvent.MinerPlaced placed -> {}
            case GatewayEvent.PlanApplied plan -> {}
            case GatewayEvent.PlanRejected plan -> {}
            case GatewayEvent.PortsClosed ports -> portsEverClosed = true;
            case GatewayEvent.NodeReported reported -> {}
            case GatewayEvent.PortsOpened ports -> {}
            case GatewayEvent.PayoutMismatch mismatch -> {}
            case GatewayEvent.CoinbaseProviderChanged changed -> {}
            case GatewayEvent.CoinbaseOutputsWanted wanted -> {}
            case GatewayEvent.CoinbaseOutputsTaken taken -> {}
            case GatewayEvent.CoinbaseOutputsRefused refused -> {}
            case GatewayEvent.CoinbaseOutputsUnused unused -> {}
        }
    }

    /** No miner pays with its connection for what becomes of upstreams. */
    private void checkReason(GatewayEvent.MinerDisconnected miner) {
        boolean permitted = switch (miner.reason()) {
            // What a miner did or did not do.
            case "closed-by-miner",
                    "idle",
                    "idle-timeout",
                    "no-channel",
                    "setup-timeout",
                    "setup-refused",
                    "slow-reader",
                    "only-rejects",
                    "too-many-connections",
                    "bad-json" -> true;
            // It was told at setup what is not true any more, and only setup can correct it.
            case "version-rolling-forbidden" -> true;
            case "no-upstream" -> portsEverClosed;
            default -> false;
        };
        require(permitted, "%s", miner);
    }

    static Submission.Verdict verdict(GatewayEvent.ShareSubmitted share) {
        return switch (share.verdict()) {
            case ACCEPTED -> Submission.Verdict.ACCEPTED;
            case STALE -> Submission.Verdict.STALE;
            default -> Submission.Verdict.REJECTED;
        };
    }

    /** A session gave an accepted share to the route's mailbox. */
    void handedOver() {
        handedOver++;
    }

    /** The next rejection that is booked must be for this miner and this reason. */
    void expectRejection(String userIdentity, String reason) {
        dueUser = userIdentity;
        dueReason = reason;
    }

    /**
     * Nothing is lost between the miners' loops and the upstream.
     *
     * @param underWay shares in the mailbox of the route or on their way over the disk
     * @param pending shares that the route sent up and has no verdict on
     */
    void check(long underWay, long pending) {
        require(
                handedOver == forwarded + unforwardable + underWay,
                "%d shares were handed to the route, which forwarded %d, could not forward %d, and has %d on the way",
                handedOver,
                forwarded,
                unforwardable,
                underWay);
        require(
                forwarded == upstreamAccepted + upstreamRejected + unanswered + pending,
                "forwarded %d, of which upstream accepted %d, rejected %d, left %d without an answer, and %d are open",
                forwarded,
                upstreamAccepted,
                upstreamRejected,
                unanswered,
                pending);
    }

    /** The view that operators see folds the same events to the same sums. */
    void checkView(int openConnections) {
        view.onBatchEnd();
        FarmSnapshot snapshot = view.snapshot();
        FarmSnapshot.Upstream upstream = snapshot.upstream();
        require(
                snapshot.connections() == openConnections && connected - disconnected == openConnections,
                "%d connections are open, the view says %d, events say %d",
                openConnections,
                snapshot.connections(),
                connected - disconnected);
        require(
                snapshot.channels() == openChannels && openChannels >= 0,
                "the view counts %d channels, events %d",
                snapshot.channels(),
                openChannels);
        require(
                upstream.forwarded() == forwarded
                        && upstream.unforwardable() == unforwardable
                        && upstream.unanswered() == unanswered
                        && upstream.accepted() == upstreamAccepted
                        && upstream.rejected() + upstream.stale() == upstreamRejected,
                "the view %s differs from the events",
                upstream);
    }

    Tally of(long connectionId) {
        return connections.getOrDefault(connectionId, new Tally());
    }

    Tally all() {
        return all;
    }

    long forwarded() {
        return forwarded;
    }

    long upstreamAccepted() {
        return upstreamAccepted;
    }

    long upstreamRejected() {
        return upstreamRejected;
    }

    long unanswered() {
        return unanswered;
    }

    long unforwardable() {
        return unforwardable;
    }

    long blocksFound() {
        return blocksFound;
    }

    long poolsConnected() {
        return poolsConnected;
    }

    long switches() {
        return switches;
    }

    long tips() {
        return tips;
    }

    long openChannels() {
        return openChannels;
    }
}
