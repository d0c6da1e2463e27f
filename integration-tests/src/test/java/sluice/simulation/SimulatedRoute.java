package sluice.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.FoundBlock;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamEvent;

/** Runs one {@link Route} by the rules of the gateway's own shell: a bounded mailbox, a disk for blocks, deadlines. */
final class SimulatedRoute {
    private final World world;
    private final Chance chance;
    private final Books books;
    private final Route route;
    private final Upstream upstream;
    private final boolean recordsBlocks;
    private final int mailboxLimit;
    private final Map<RouteDeadline, VirtualTime.Timer> deadlines = new EnumMap<>(RouteDeadline.class);
    private final List<Mailbox> inbound = new ArrayList<>();
    private List<SimulatedLoop> loops = List.of();
    private int sharesWaiting;
    private int sharesOnDisk;
    private long diskFree;
    private int depth;

    /** @param recordsBlocks whether found blocks take their way over the disk here, or the upstream sees to it */
    SimulatedRoute(
            World world,
            Chance chance,
            Books books,
            Route route,
            Upstream upstream,
            boolean recordsBlocks,
            int mailboxLimit) {
        this.world = world;
        this.chance = chance;
        this.books = books;
        this.route = route;
        this.upstream = upstream;
        this.recordsBlocks = recordsBlocks;
        this.mailboxLimit = mailboxLimit;
    }

    void start(List<SimulatedLoop> minerLoops) {
        loops = minerLoops;
        for (int loop = 0; loop < minerLoops.size(); loop++) {
            inbound.add(new Mailbox(world, chance.split()));
        }
        world.time()
                .after(
                        world.faults().betweenLoops(chance),
                        () -> upstream.start(event -> feed(new RouteInput.FromUpstream(event))));
    }

    /** From a miners' loop; false where the mailbox is full. */
    boolean forward(int fromLoop, ForwardedShare share) {
        books.account().handedOver();
        if (sharesWaiting == mailboxLimit) {
            return false;
        }
        sharesWaiting++;
        inbound.get(fromLoop).post(() -> {
            sharesWaiting--;
            feed(new RouteInput.Forward(share));
        });
        return true;
    }

    void demand(int fromLoop, double hashrate, Target hardestWanted) {
        inbound.get(fromLoop).post(() -> feed(new RouteInput.Demand(fromLoop, hashrate, hardestWanted)));
    }

    private void feed(RouteInput input) {
        List<RouteAction> actions;
        try {
            actions = List.copyOf(route.on(input, world.time().instant()));
        } catch (RuntimeException bug) {
            throw new BrokenInvariant("the route throws at " + input, bug);
        }
        depth++;
        for (RouteAction action : actions) {
            switch (action) {
                case RouteAction.Broadcast broadcast -> loops.forEach(loop -> loop.post(broadcast.update()));
                case RouteAction.ToUpstream to -> upstream.send(to.command());
                case RouteAction.RecordBlock record -> record(record);
                case RouteAction.Publish publish -> publish(publish.event());
                case RouteAction.SetDeadline set -> {
                    VirtualTime.Timer earlier = deadlines.put(
                            set.deadline(),
                            world.time().at(set.at(), () -> feed(new RouteInput.DeadlineReached(set.deadline()))));
                    if (earlier != null) {
                        earlier.cancel();
                    }
                }
            }
        }
        depth--;
        if (depth == 0) {
            books.account().check((long) sharesWaiting + sharesOnDisk, route.unanswered());
        }
        if (input instanceof RouteInput.FromUpstream(UpstreamEvent.Lost lost)) {
            BrokenInvariant.require(
                    route.unanswered() == 0, "%d shares wait for an upstream that is lost", route.unanswered());
        }
    }

    private void record(RouteAction.RecordBlock record) {
        check(record.block());
        sharesOnDisk++;
        long delay = recordsBlocks ? world.faults().disk(chance).toNanos() : 0;
        diskFree = Math.max(diskFree, world.time().nanos()) + delay;
        world.time().atNanos(diskFree, () -> {
            sharesOnDisk--;
            feed(new RouteInput.BlockRecorded(record.share()));
        });
    }

    /** What is written to disk must be able to prove the block. */
    private void check(FoundBlock block) {
        Hashing hashing = books.hashing();
        byte[] root = hashing.root(block.merklePath(), block.coinbase());
        hashing.header(
                block.header().version(),
                block.header().prevHash(),
                root,
                block.header().ntime(),
                block.header().nbits());
        byte[] hash = hashing.tryNonce(block.header().nonce());
        BrokenInvariant.require(
                java.util.Arrays.equals(hash, block.hash().toArray())
                        && Hashing.meets(hash, Hashing.bound(block.header().nbits())),
                "%s is no block",
                block);
    }

    void publish(GatewayEvent event) {
        books.account().on(event);
        world.trace().mix(event.getClass().getSimpleName().hashCode());
        if (world.trace().isInWords()) {
            world.trace().tell(event.toString());
        }
    }

    Route route() {
        return route;
    }

    int underWay() {
        return sharesWaiting + sharesOnDisk;
    }
}
