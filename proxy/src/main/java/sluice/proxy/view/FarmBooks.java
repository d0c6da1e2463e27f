package sluice.proxy.view;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/**
 * What is known of single miners, workers, shares and blocks: for whoever asks through the API, so a gateway without one does
 * not keep it. Confined to the bus thread, and bounded however large the farm is.
 */
public final class FarmBooks implements GatewayEvents.Listener {
    /** The latest shares that are kept. */
    static final int MAX_SHARES = 1_024;

    /** The latest blocks that are kept. */
    static final int MAX_BLOCKS = 256;

    /** Answers to one block that are kept. */
    static final int MAX_ANSWERS = 32;

    /** Banned addresses that are listed. */
    static final int MAX_BANS = 4_096;

    /** User identities; one more takes the place of the one that was silent longest. */
    static final int MAX_WORKERS = 65_536;

    private final MinerRoster roster = new MinerRoster();
    private final Map<String, ShareCounts> workers = new LatestWorkers();
    private final Deque<GatewayEvent.ShareSubmitted> shares = new ArrayDeque<>();
    private final Map<Hash256, Block> blocks = new LinkedHashMap<>();
    private final Map<String, GatewayEvent.AddressBanned> bans = new LinkedHashMap<>();
    private Optional<GatewayEvent.MiningJobCreated> job = Optional.empty();
    private Optional<GatewayEvent.ChainTipUpdated> tip = Optional.empty();

    private static final class LatestWorkers extends LinkedHashMap<String, ShareCounts> {
        private static final long serialVersionUID = 1;

        LatestWorkers() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ShareCounts> eldest) {
            return size() > MAX_WORKERS;
        }
    }

    /**
     * A block that one of our miners found.
     *
     * @param answers what each path it was sent on made of it: empty where it was taken, else why not
     */
    public record Block(GatewayEvent.BlockFound found, Map<String, Optional<String>> answers) {
        public Block {
            answers = Map.copyOf(answers);
        }
    }

    /** What is mined on now. */
    public record Work(Optional<GatewayEvent.MiningJobCreated> job, Optional<GatewayEvent.ChainTipUpdated> tip) {}

    @Override
    public void on(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.MinerConnected miner -> roster.on(miner);
            case GatewayEvent.MinerDisconnected miner -> roster.on(miner);
            case GatewayEvent.ChannelOpened opened -> {
                roster.on(opened);
                worker(opened.userIdentity());
            }
            case GatewayEvent.ChannelClosed closed -> roster.on(closed);
            case GatewayEvent.MinerPlaced placed -> roster.on(placed);
            case GatewayEvent.MinerProfiled profiled -> roster.on(profiled);
            case GatewayEvent.MinerTargetChanged changed -> roster.on(changed);
            case GatewayEvent.ShareSubmitted share -> {
                roster.on(share);
                worker(share.userIdentity()).on(share);
                if (shares.size() == MAX_SHARES) {
                    shares.removeFirst();
                }
                shares.addLast(share);
            }
            case GatewayEvent.AddressBanned banned -> ban(banned);
            case GatewayEvent.MiningJobCreated created -> job = Optional.of(created);
            case GatewayEvent.ChainTipUpdated updated -> tip = Optional.of(updated);
            case GatewayEvent.BlockFound found -> {
                blocks.putIfAbsent(found.hash(), new Block(found, Map.of()));
                if (blocks.size() > MAX_BLOCKS) {
                    blocks.remove(blocks.keySet().iterator().next());
                }
            }
            case GatewayEvent.BlockAnswered answered ->
                blocks.computeIfPresent(answered.hash(), (hash, block) -> with(block, answered));
            // The view counts the others.
            case GatewayEvent.ConnectionsRefused refused -> {}
            case GatewayEvent.MinerMessageIgnored ignored -> {}
            case GatewayEvent.CoinbaseBeyondBudget beyond -> {}
            case GatewayEvent.SharesUnjudged unjudged -> {}
            case GatewayEvent.ShareForwarded share -> {}
            case GatewayEvent.ShareUnforwardable share -> {}
            case GatewayEvent.UpstreamAccepted accepted -> {}
            case GatewayEvent.UpstreamRejected rejected -> {}
            case GatewayEvent.UpstreamUnanswered unanswered -> {}
            case GatewayEvent.MiningPoolConnected pool -> {}
            case GatewayEvent.MiningPoolDisconnected pool -> {}
            case GatewayEvent.MiningDifficultyChanged changed -> {}
            case GatewayEvent.CustomJobTaken taken -> {}
            case GatewayEvent.CustomJobRefused refused -> {}
            case GatewayEvent.JobDelivered delivered -> {}
            case GatewayEvent.PayoutMismatch mismatch -> {}
            case GatewayEvent.CoinbaseProviderChanged changed -> {}
            case GatewayEvent.CoinbaseOutputsWanted wanted -> {}
            case GatewayEvent.CoinbaseOutputsTaken taken -> {}
            case GatewayEvent.CoinbaseOutputsRefused refused -> {}
            case GatewayEvent.CoinbaseOutputsUnused unused -> {}
            case GatewayEvent.UpstreamSwitched switched -> {}
            case GatewayEvent.SwitchDelivered delivered -> {}
            case GatewayEvent.HoldBegan hold -> {}
            case GatewayEvent.HoldEnded hold -> {}
            case GatewayEvent.PlanApplied applied -> {}
            case GatewayEvent.PlanRejected refused -> {}
            case GatewayEvent.NodeReported reported -> {}
            case GatewayEvent.PortsClosed ports -> {}
            case GatewayEvent.PortsOpened ports -> {}
        }
    }

    private ShareCounts worker(String userIdentity) {
        return workers.computeIfAbsent(userIdentity, first -> new ShareCounts());
    }

    private void ban(GatewayEvent.AddressBanned banned) {
        bans.remove(banned.address());
        if (bans.size() == MAX_BANS) {
            bans.remove(bans.keySet().iterator().next());
        }
        bans.put(banned.address(), banned);
    }

    private static Block with(Block block, GatewayEvent.BlockAnswered answered) {
        Map<String, Optional<String>> answers = new HashMap<>(block.answers());
        if (answers.size() < MAX_ANSWERS || answers.containsKey(answered.path())) {
            answers.put(answered.path(), answered.rejection());
        }
        return new Block(block.found(), answers);
    }

    /** Everybody who is connected, in the order in which they came. */
    public List<MinerRoster.Miner> miners() {
        return roster.all();
    }

    public Optional<MinerRoster.Miner> miner(long connectionId) {
        return roster.find(connectionId);
    }

    /** By user identity, over all connections and also when none is left. */
    public Map<String, ShareCounts.Counts> workers() {
        Map<String, ShareCounts.Counts> all = new HashMap<>();
        workers.forEach((user, counts) -> all.put(user, counts.now()));
        return all;
    }

    /** The latest first. */
    public List<GatewayEvent.ShareSubmitted> shares() {
        return List.copyOf(new ArrayDeque<>(shares).reversed());
    }

    /** The latest first. */
    public List<Block> blocks() {
        return new ArrayList<>(blocks.values()).reversed();
    }

    /** Those that hold at {@code now}, by what the log said of them. */
    public List<GatewayEvent.AddressBanned> bans(Instant now) {
        bans.values().removeIf(ban -> !ban.until().isAfter(now));
        return List.copyOf(bans.values());
    }

    public Work work() {
        return new Work(job, tip);
    }
}
