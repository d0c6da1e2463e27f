package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.declaration.DeclarationAction;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.DirectorAction;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteDeadline;
import sluice.upstream.Upstream;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.TemplateStanding;

/**
 * Runs the {@link Director} on its loop: carries out its actions, holds the upstreams behind its routes, and is its mailbox
 * for the miners' loops and for whoever changes the plan.
 */
final class ControlActor {
    /** Shares that miners' loops may have handed over without a route having taken them yet. */
    static final int MAILBOX_LIMIT = 65_536;

    private final EventLoop loop;
    private final Director director;
    private final InstantSource clock;
    private final GatewayEvents events;
    private final BlockDesk blocks;
    private final CustomBlocks customBlocks;
    private final CoinbaseDesk coinbase;
    private final UpstreamSurroundings surroundings;
    private final Ports ports;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lastChange = new AtomicLong();
    private final Map<Integer, OpenUpstream> upstreams = new HashMap<>();
    private final Map<Long, CompletableFuture<ChangeResult>> answers = new HashMap<>();
    // Never more than what one action makes the upstreams say at once.
    private final Queue<DirectorInput> inputs = new ArrayDeque<>();
    private boolean feeding;
    private List<MinerLoop> minerLoops = List.of();
    private ScheduledFuture<?> wakeUp;

    /** What the director says of the miners' ports. */
    interface Ports {
        void close(String reason);

        void open();
    }

    private static final class OpenUpstream {
        final String name;
        final Upstream upstream;
        final boolean recordsBlocks;
        final Map<RouteDeadline, ScheduledFuture<?>> deadlines = new EnumMap<>(RouteDeadline.class);

        OpenUpstream(String name, Upstream upstream, boolean recordsBlocks) {
            this.name = name;
            this.upstream = upstream;
            this.recordsBlocks = recordsBlocks;
        }

        void cancelDeadlines() {
            deadlines.values().forEach(deadline -> deadline.cancel(false));
        }
    }

    /**
     * @param blocks where found blocks are taken in, unless their upstream hands them in itself, and whole
     * @param templates of the gateway
     * @param handshakes runs the curve arithmetic of connections to pools
     */
    ControlActor(
            EventLoop loop,
            Director director,
            InstantSource clock,
            GatewayEvents events,
            BlockDesk blocks,
            TemplateHub templates,
            Executor handshakes,
            Ports ports) {
        this.loop = loop;
        this.director = director;
        this.clock = clock;
        this.events = events;
        this.blocks = blocks;
        this.customBlocks = new CustomBlocks(blocks, templates, events, clock);
        this.coinbase = new CoinbaseDesk(loop, templates, events::publish, this::leastDifficulty, clock);
        this.surroundings = new UpstreamSurroundings(loop, handshakes, blocks, templates, coinbase);
        this.ports = ports;
    }

    /** Begins to take work from the upstreams for miners of these loops. */
    void start(List<MinerLoop> loops) {
        loop.execute(() -> {
            minerLoops = List.copyOf(loops);
            blocks.start();
            coinbase.start();
            surroundings.templates().start();
            feed(new DirectorInput.Started());
        });
    }

    /** Hands a share over from any loop; false where the mailbox is full and the share was not taken. */
    boolean forward(ForwardedShare share) {
        return forward(share, () -> {});
    }

    /** As the other; {@code kept} runs on the control loop once a block that the share is was written to disk. */
    boolean forward(ForwardedShare share, Runnable kept) {
        if (waiting.incrementAndGet() > MAILBOX_LIMIT) {
            waiting.decrementAndGet();
            return false;
        }
        loop.execute(() -> {
            waiting.decrementAndGet();
            if (share.blockFound()) {
                blocks.whenKept(share.hash(), kept);
            }
            if (share.job().custom().isPresent()) {
                // No route has sent it out, and none could do anything with it.
                customBlocks.found(share);
            } else {
                feed(new DirectorInput.Forward(share));
            }
        });
        return true;
    }

    /** Takes a block on a job that a client declared, on the control loop. */
    void found(DeclarationAction.SubmitBlock block) {
        customBlocks.found(
                BlockEntry.of(block.solution(), block.merklePath().siblings(), BlockEntry.CUSTOM_JOB, clock.instant()));
    }

    /** Tells the director, from any loop, of its miners there. */
    void tell(DirectorInput input) {
        loop.execute(() -> feed(input));
    }

    /** Asks for a change, from any thread; {@code input} makes the director's input of the number the answer will carry. */
    CompletableFuture<ChangeResult> change(LongFunction<DirectorInput> input) {
        CompletableFuture<ChangeResult> answer = new CompletableFuture<>();
        long id = lastChange.incrementAndGet();
        try {
            loop.execute(() -> {
                answers.put(id, answer);
                feed(input.apply(id));
            });
        } catch (RejectedExecutionException closed) {
            answer.complete(new ChangeResult.Rejected("", "", "the gateway is closed"));
        }
        return answer;
    }

    /** How routing fares, from any thread; fails where the gateway is closed. */
    CompletableFuture<RoutingStanding> routing() {
        return CompletableFuture.supplyAsync(director::standing, loop);
    }

    /** What the gateway's own templates are, from any thread; fails where the gateway is closed. */
    CompletableFuture<TemplateStanding> template() {
        return CompletableFuture.supplyAsync(() -> surroundings.templates().standing(), loop);
    }

    /** Whom the coinbases of our own jobs pay. */
    CoinbaseDesk coinbase() {
        return coinbase;
    }

    private void leastDifficulty(OptionalDouble difficulty) {
        minerLoops.forEach(to -> to.leastDifficulty(difficulty));
    }

    /** From any thread: see {@link TemplateHub#look}. */
    void lookForTemplates() {
        loop.execute(() -> surroundings.templates().look());
    }

    /** Completes when all that was handed over before the call has been dealt with, as far as the control loop. */
    Future<?> settle() {
        return loop.submit(() -> {});
    }

    /** Closes every upstream. The miners' loops hear nothing any more: they may end before the upstreams have. */
    void close(String reason) {
        loop.execute(() -> {
            minerLoops = List.of();
            feed(new DirectorInput.Stopped(reason));
            upstreams.values().forEach(OpenUpstream::cancelDeadlines);
            coinbase.stop();
            surroundings.templates().stop(reason);
            blocks.stop();
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
            ChangeResult stopped = new ChangeResult.Rejected("", "", reason);
            answers.values().forEach(answer -> answer.complete(stopped));
            answers.clear();
        });
    }

    // Upstreams may report while they are told something; what they say waits until all of that is done.
    private void feed(DirectorInput input) {
        assert loop.inEventLoop();
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (DirectorInput next = inputs.poll(); next != null; next = inputs.poll()) {
                take(next);
            }
        } finally {
            feeding = false;
        }
    }

    private void take(DirectorInput input) {
        long started = System.nanoTime();
        for (DirectorAction action : director.on(input, clock.instant())) {
            switch (action) {
                case DirectorAction.Open open -> open(open);
                case DirectorAction.ToUpstream to -> {
                    OpenUpstream open = upstreams.get(to.route());
                    if (open != null) {
                        open.upstream.send(to.command());
                    }
                }
                case DirectorAction.Forget forget -> forget(forget.route());
                case DirectorAction.Broadcast broadcast -> {
                    JobDelivery delivery =
                            new JobDelivery(broadcast.update(), started, minerLoops.size(), events, clock);
                    minerLoops.forEach(to -> to.post(broadcast.route(), broadcast.update(), delivery));
                }
                case DirectorAction.Engage engage -> {
                    SwitchDelivery delivery = new SwitchDelivery(engage.report(), minerLoops.size(), events, clock);
                    minerLoops.forEach(to -> to.engage(engage.lane(), engage.route(), delivery));
                }
                case DirectorAction.RemoveLane remove -> minerLoops.forEach(to -> to.removeLane(remove.lane()));
                case DirectorAction.LaneOfAll all -> minerLoops.forEach(to -> to.laneOfAll(all.lane()));
                case DirectorAction.Place place ->
                    minerLoops.get(place.loop()).place(place.connectionId(), place.lane());
                case DirectorAction.Refuse refuse ->
                    minerLoops.get(refuse.loop()).refuse(refuse.connectionId(), refuse.reason(), refuse.detail());
                case DirectorAction.RecordBlock record -> record(record);
                case DirectorAction.Publish publish -> publish(publish.event());
                case DirectorAction.SetRouteDeadline set -> schedule(set.route(), set.deadline(), set.at());
                case DirectorAction.WakeAt wake -> wakeAt(wake.at());
                case DirectorAction.ClosePorts close -> ports.close(close.reason());
                case DirectorAction.OpenPorts open -> ports.open();
                case DirectorAction.Answer answer -> {
                    CompletableFuture<ChangeResult> asked = answers.remove(answer.id());
                    if (asked != null) {
                        asked.complete(answer.result());
                    }
                }
            }
        }
    }

    private void open(DirectorAction.Open open) {
        UpstreamFactory factory = (UpstreamFactory) open.upstream();
        Upstream upstream = factory.create(surroundings, open.userIdentity());
        upstreams.put(open.route(), new OpenUpstream(factory.name(), upstream, factory.recordsBlocks()));
        int route = open.route();
        upstream.start(event -> feed(new DirectorInput.FromUpstream(route, event)));
    }

    private void forget(int route) {
        OpenUpstream gone = upstreams.remove(route);
        if (gone != null) {
            gone.cancelDeadlines();
        }
        minerLoops.forEach(to -> to.forget(route));
    }

    private void record(DirectorAction.RecordBlock record) {
        DirectorInput recorded = new DirectorInput.BlockRecorded(record.share());
        OpenUpstream open = upstreams.get(record.route());
        if (open != null && open.recordsBlocks) {
            loop.execute(() -> feed(recorded));
            return;
        }
        blocks.found(BlockEntry.of(record.block()), () -> feed(recorded));
    }

    private void publish(GatewayEvent event) {
        events.publish(event);
        // What becomes of a block of a template the desk knows by itself.
        if (event instanceof GatewayEvent.BlockAnswered answered && !recordsBlocks(answered.path())) {
            blocks.answered(
                    answered.path(),
                    answered.hash(),
                    answered.rejection()
                            .map(reason -> new BlockVerdict(BlockVerdict.Outcome.REJECTED, reason))
                            .orElse(BlockVerdict.ACCEPTED));
        }
    }

    private boolean recordsBlocks(String upstream) {
        return upstreams.values().stream().anyMatch(open -> open.recordsBlocks && open.name.equals(upstream));
    }

    private void schedule(int route, RouteDeadline deadline, Instant at) {
        OpenUpstream open = upstreams.get(route);
        if (open == null) {
            return;
        }
        ScheduledFuture<?> earlier = open.deadlines.put(
                deadline,
                loop.schedule(
                        () -> feed(new DirectorInput.RouteDeadlineReached(route, deadline)),
                        millisUntil(at),
                        TimeUnit.MILLISECONDS));
        if (earlier != null) {
            earlier.cancel(false);
        }
    }

    private void wakeAt(Instant at) {
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        wakeUp = loop.schedule(() -> feed(new DirectorInput.TimePassed()), millisUntil(at), TimeUnit.MILLISECONDS);
    }

    // Rounded up: the director is asked what is due, and a moment too early nothing is.
    private long millisUntil(Instant at) {
        return Math.max(0, Duration.between(clock.instant(), at).toMillis() + 1);
    }
}
