package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.admission.Admission;
import sluice.proxy.admission.Visitor;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.netty.Transport;

/** One event loop with a route and its miners, in front of an upstream that a test plays. */
final class LoopFixture implements AutoCloseable {
    static final Target TARGET = Difficulty.targetOf(1e-9);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final List<GatewayEvent> published = new ArrayList<>();
    final ConcurrentLinkedQueue<UpstreamCommand> commands = new ConcurrentLinkedQueue<>();
    final ControlActor control;
    final MinerLoop miners;
    private final EventLoopGroup group = Transport.NIO.newEventLoops(1, "test");
    private final EventLoop loop = group.next();
    private final Numbering numbering = new Numbering();
    private final InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(VectorJobs.SHARE_TIP.minNtime()));
    private final GatewayEvents events = new GatewayEvents("test", List.of(published::add));
    private final CompletableFuture<Consumer<UpstreamEvent>> started = new CompletableFuture<>();

    /** Where found blocks are kept. */
    final Path home;

    /** @param blocks where found blocks are kept */
    LoopFixture(Path blocks, Consumer<UpstreamCommand> onCommand) {
        home = blocks;
        Upstream upstream = new Upstream() {
            @Override
            public void start(Consumer<UpstreamEvent> to) {
                started.complete(to);
            }

            @Override
            public void send(UpstreamCommand command) {
                onCommand.accept(command);
                commands.add(command);
            }
        };
        BlockDesk desk = new BlockDesk(loop, new BlockJournal(blocks), group.next(), clock);
        control = new ControlActor(
                loop,
                new Director(
                        RoutingPlan.single(new PlayedUpstream("pool", upstream)),
                        FailoverConfig.DEFAULT,
                        Duration.ofHours(1),
                        TARGET,
                        numbering),
                clock,
                events,
                desk,
                new TemplateHub(loop, group.next(), desk, List.of(), clock),
                group.next(),
                new ControlActor.Ports() {
                    @Override
                    public void close(String reason) {}

                    @Override
                    public void open() {}
                });
        miners = minersOn(loop, 0);
    }

    /** The miners of one more loop, which is not the control loop. */
    MinerLoop minersOn(EventLoop other) {
        return minersOn(other, 1);
    }

    private MinerLoop minersOn(EventLoop at, int number) {
        return new MinerLoop(
                at,
                number,
                new MinerContext(
                        new RouteReplica(numbering),
                        ExtranonceShape.ROLL_4,
                        new ExtranonceIndexes(0, 1, 0xffff_ffffL, 1_000),
                        new ShareValidator(),
                        new ProfileBook(VardiffConfig.DEFAULT)),
                numbering,
                control,
                events,
                clock);
    }

    /** One upstream that a test plays, as the director's definition of it. */
    record PlayedUpstream(String name, Upstream upstream) implements UpstreamFactory {
        @Override
        public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
            return upstream;
        }
    }

    /** The upstream opens its channel and gives a job with its tip. */
    void upstreamGivesWork() throws Exception {
        upstreamGivesWorkTo(List.of(miners));
    }

    /** As the other, with miners on all of these loops. */
    void upstreamGivesWorkTo(List<MinerLoop> loops) throws Exception {
        control.start(loops);
        Consumer<UpstreamEvent> events = started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        onLoop(() -> {
            events.accept(new UpstreamEvent.ChannelOpened(
                    new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, TARGET, true)));
            events.accept(new UpstreamEvent.JobAnnounced(VectorJobs.upstreamJob(OptionalLong.empty(), true)));
            events.accept(new UpstreamEvent.TipChanged(7, VectorJobs.SHARE_TIP));
        });
    }

    /** The upstream says this, on the loop. */
    void upstreamSays(UpstreamEvent event) {
        started.join().accept(event);
    }

    /** An upstream that never says anything. */
    static PlayedUpstream silent(String name) {
        return new PlayedUpstream(name, new Upstream() {
            @Override
            public void start(Consumer<UpstreamEvent> to) {}

            @Override
            public void send(UpstreamCommand command) {}
        });
    }

    /** The job that a miner of this loop has to mine now. */
    MiningJob currentJob() throws Exception {
        ScriptedSession witness = new ScriptedSession(input -> List.of());
        onLoop(() -> new EmbeddedChannel(
                new MinerConnection(miners, Long.MAX_VALUE, "default", LoopFixture.visitor(), witness, false)));
        MinerInput.RouteChanged told = (MinerInput.RouteChanged) witness.inputs.getFirst();
        return told.replica().currentJob().orElseThrow();
    }

    /** Runs {@code task} on the loop and waits for it. */
    void onLoop(Runnable task) throws Exception {
        loop.submit(task).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits until the loop has done what was left for its next turn, once. */
    void afterNextTurn() throws Exception {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        // Handed in first, then scheduled: what is there already schedules its rest before.
        loop.execute(() -> loop.schedule(() -> reached.complete(null), 1, TimeUnit.NANOSECONDS));
        reached.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Runs {@code task} on the loop, behind everything that is there already. */
    void later(Runnable task) {
        loop.execute(task);
    }

    /** Holds the loop until the answer is counted down. */
    CountDownLatch holdLoop() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
        return release;
    }

    /** All events so far. */
    <T extends GatewayEvent> List<T> events(Class<T> kind) throws InterruptedException {
        if (!events.awaitDelivery(PATIENCE)) {
            throw new IllegalStateException("the event bus is stuck");
        }
        return published.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static MiningJob activeJob(long id) {
        return VectorJobs.active(id, VectorJobs.SHARE_TIP, TARGET);
    }

    static ForwardedShare share(MiningJob job, boolean block) {
        return new ForwardedShare(
                1,
                16,
                MinerOrigin.LOCAL,
                "acct.rig1",
                job,
                ExtranonceShape.ROLL_4,
                Bytes.fromHex("0100000000000000"),
                VectorJobs.SHARE_NONCE,
                job.ntime(),
                VectorJobs.VERSION,
                Hash256.ZERO,
                block);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        events.close();
    }

    /** Of whom nothing is known. */
    static Visitor visitor() {
        return new Admission(LimitsConfig.DEFAULT).visitor();
    }
}
