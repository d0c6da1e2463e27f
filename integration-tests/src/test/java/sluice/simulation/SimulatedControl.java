package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.DirectorAction;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.FoundBlock;
import sluice.proxy.route.RouteDeadline;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** Runs one {@link Director} by the rules of the gateway's own shell: a bounded mailbox, upstreams, a disk, deadlines. */
final class SimulatedControl {
    private final World world;
    private final Chance chance;
    private final Books books;
    private final Director director;
    private final DirectorWitness witness;
    private final int mailboxLimit;
    private final Ports ports;
    private final Map<Integer, OpenUpstream> upstreams = new TreeMap<>();
    private final Set<Long> unanswered = new HashSet<>();
    private final Queue<DirectorInput> inputs = new ArrayDeque<>();
    private final List<Mailbox> inbound = new ArrayList<>();
    private List<SimulatedLoop> loops = List.of();
    private VirtualTime.Timer wakeUp;
    private boolean feeding;
    private long lastChange;
    private int sharesWaiting;
    private int sharesOnDisk;
    private long diskFree;

    /** What the director says of the miners' ports. */
    interface Ports {
        void close(String reason);

        void open();
    }

    private static final class OpenUpstream {
        final Upstream upstream;
        final SimulatedDefinition definition;
        final Object machine;
        final Map<RouteDeadline, VirtualTime.Timer> deadlines = new EnumMap<>(RouteDeadline.class);
        long unanswered;

        OpenUpstream(SimulatedDefinition definition, SimulatedDefinition.Made made) {
            this.upstream = made.upstream();
            this.definition = definition;
            this.machine = made.machine();
        }
    }

    SimulatedControl(
            World world,
            Chance chance,
            Books books,
            Director director,
            DirectorWitness witness,
            int mailboxLimit,
            Ports ports) {
        this.world = world;
        this.chance = chance;
        this.books = books;
        this.director = director;
        this.witness = witness;
        this.mailboxLimit = mailboxLimit;
        this.ports = ports;
    }

    void start(List<SimulatedLoop> minerLoops) {
        loops = minerLoops;
        for (int loop = 0; loop < minerLoops.size(); loop++) {
            inbound.add(new Mailbox(world, chance.split()));
        }
        world.time().after(world.faults().betweenLoops(chance), () -> feed(new DirectorInput.Started()));
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
            feed(new DirectorInput.Forward(share));
        });
        return true;
    }

    /** From a miners' loop, of its miners. */
    void tell(int fromLoop, DirectorInput input) {
        inbound.get(fromLoop).post(() -> feed(input));
    }

    /** Asks for a change; {@code input} makes the director's input of the number that the answer will carry. */
    void change(LongFunction<DirectorInput> input) {
        long id = ++lastChange;
        unanswered.add(id);
        feed(input.apply(id));
    }

    // Upstreams may report while they are told something; what they say waits until all of that is done.
    private void feed(DirectorInput input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        for (DirectorInput next = inputs.poll(); next != null; next = inputs.poll()) {
            take(next);
        }
        feeding = false;
        books.account().check((long) sharesWaiting + sharesOnDisk, director.unanswered());
    }

    private void take(DirectorInput input) {
        long before = director.unanswered();
        witness.before(input);
        List<DirectorAction> actions;
        try {
            actions = List.copyOf(director.on(input, world.time().instant()));
        } catch (RuntimeException bug) {
            throw new BrokenInvariant("the director throws at " + input, bug);
        }
        if (input instanceof DirectorInput.FromUpstream from) {
            settle(from, director.unanswered() - before);
        }
        witness.after(input, actions);
        actions.forEach(this::carryOut);
    }

    private void settle(DirectorInput.FromUpstream from, long change) {
        OpenUpstream open = upstreams.get(from.route());
        if (open == null) {
            return;
        }
        open.unanswered += change;
        require(
                !(from.event() instanceof UpstreamEvent.Lost) || open.unanswered == 0,
                "%d shares wait for an upstream that is lost",
                open.unanswered);
    }

    private void carryOut(DirectorAction action) {
        switch (action) {
            case DirectorAction.Open open -> open(open);
            case DirectorAction.ToUpstream to -> send(to);
            case DirectorAction.Forget forget -> forget(forget.route());
            case DirectorAction.Broadcast broadcast -> {
                Delivery delivery = new Delivery(loops.size(), miners -> {});
                loops.forEach(loop -> loop.post(broadcast.route(), broadcast.update(), delivery));
            }
            case DirectorAction.Engage engage -> engage(engage);
            case DirectorAction.RemoveLane remove -> loops.forEach(loop -> loop.removeLane(remove.lane()));
            case DirectorAction.LaneOfAll all -> loops.forEach(loop -> loop.laneOfAll(all.lane()));
            case DirectorAction.Place place -> loops.get(place.loop()).place(place.connectionId(), place.lane());
            case DirectorAction.Refuse refuse ->
                loops.get(refuse.loop()).refuse(refuse.connectionId(), refuse.reason(), refuse.detail());
            case DirectorAction.RecordBlock record -> record(record);
            case DirectorAction.Publish publish -> publish(publish.event());
            case DirectorAction.SetRouteDeadline set -> schedule(set);
            case DirectorAction.WakeAt wake -> {
                if (wakeUp != null) {
                    wakeUp.cancel();
                }
                wakeUp = world.time().at(wake.at(), () -> feed(new DirectorInput.TimePassed()));
            }
            case DirectorAction.ClosePorts close -> ports.close(close.reason());
            case DirectorAction.OpenPorts open -> ports.open();
            case DirectorAction.Answer answer ->
                require(unanswered.remove(answer.id()), "an answer to no change, or a second one: %s", answer);
        }
    }

    private void open(DirectorAction.Open open) {
        SimulatedDefinition definition = (SimulatedDefinition) open.upstream();
        OpenUpstream opened = new OpenUpstream(definition, definition.make(open.userIdentity(), open.route()));
        require(upstreams.put(open.route(), opened) == null, "route %d is opened twice", open.route());
        int route = open.route();
        opened.upstream.start(event -> feed(new DirectorInput.FromUpstream(route, event)));
    }

    private void send(DirectorAction.ToUpstream to) {
        OpenUpstream open = upstreams.get(to.route());
        require(open != null, "%s is for a route that is not open", to);
        if (to.command() instanceof UpstreamCommand.SubmitShare) {
            open.unanswered++;
        }
        open.upstream.send(to.command());
    }

    private void forget(int route) {
        OpenUpstream gone = upstreams.remove(route);
        require(gone != null, "route %d is forgotten and was not open", route);
        require(gone.unanswered == 0, "%d shares of route %d are forgotten with it", gone.unanswered, route);
        gone.deadlines.values().forEach(VirtualTime.Timer::cancel);
        loops.forEach(loop -> loop.forget(route));
    }

    private void engage(DirectorAction.Engage engage) {
        Delivery delivery = new Delivery(
                loops.size(),
                miners -> publish(new GatewayEvent.SwitchDelivered(
                        world.time().instant(),
                        engage.report().goal(),
                        engage.report().lane(),
                        engage.report().from(),
                        engage.report().to(),
                        engage.report().kind(),
                        engage.report().reason(),
                        miners,
                        Duration.between(engage.report().since(), world.time().instant()))));
        loops.forEach(loop -> loop.engage(engage.lane(), engage.route(), delivery));
    }

    private void record(DirectorAction.RecordBlock record) {
        check(record.block());
        sharesOnDisk++;
        OpenUpstream open = upstreams.get(record.route());
        boolean here = open == null || open.definition.leavesBlocksToGateway();
        long delay = here ? world.faults().disk(chance).toNanos() : 0;
        diskFree = Math.max(diskFree, world.time().nanos()) + delay;
        world.time().atNanos(diskFree, () -> {
            sharesOnDisk--;
            feed(new DirectorInput.BlockRecorded(record.share()));
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
        require(
                Arrays.equals(hash, block.hash().toArray())
                        && Hashing.meets(hash, Hashing.bound(block.header().nbits())),
                "%s is no block",
                block);
    }

    private void schedule(DirectorAction.SetRouteDeadline set) {
        OpenUpstream open = upstreams.get(set.route());
        if (open == null) {
            return;
        }
        VirtualTime.Timer earlier = open.deadlines.put(
                set.deadline(),
                world.time()
                        .at(set.at(), () -> feed(new DirectorInput.RouteDeadlineReached(set.route(), set.deadline()))));
        if (earlier != null) {
            earlier.cancel();
        }
    }

    void publish(GatewayEvent event) {
        books.account().on(event);
        world.trace().mix(event.getClass().getSimpleName().hashCode());
        if (world.trace().isInWords()) {
            switch (event) {
                case GatewayEvent.ShareSubmitted _,
                        GatewayEvent.ShareForwarded _,
                        GatewayEvent.ShareUnforwardable _,
                        GatewayEvent.UpstreamAccepted _,
                        GatewayEvent.MinerTargetChanged _,
                        GatewayEvent.MiningJobCreated _,
                        GatewayEvent.ChainTipUpdated _,
                        GatewayEvent.BlockFound _,
                        GatewayEvent.BlockAnswered _ -> world.trace().mutter(event.toString());
                default -> world.trace().tell(event.toString());
            }
        }
    }

    DirectorWitness witness() {
        return witness;
    }

    Director director() {
        return director;
    }

    /** Shares in the mailbox or on their way over the disk. */
    int underWay() {
        return sharesWaiting + sharesOnDisk;
    }

    /** The links that the upstream connections stand on. */
    Set<Integer> links() {
        Set<Integer> links = new HashSet<>();
        for (OpenUpstream open : upstreams.values()) {
            if (open.upstream instanceof SimulatedPoolConnection pool) {
                links.add(pool.link());
            }
        }
        return links;
    }

    /** The link behind a route, or {@link UpstreamJobs#NO_LINK}. */
    int linkOf(int route) {
        return upstreams.get(route).upstream instanceof SimulatedPoolConnection pool
                ? pool.link()
                : UpstreamJobs.NO_LINK;
    }

    /** What is behind the routes that are open. */
    Collection<Object> machines() {
        return upstreams.values().stream().map(open -> open.machine).toList();
    }
}
