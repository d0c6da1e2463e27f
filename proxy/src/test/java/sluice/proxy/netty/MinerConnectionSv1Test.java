package sluice.proxy.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.Sv1MinerContext;
import sluice.proxy.session.Sv1MinerSession;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** One miner's connection with its loop, its route and a real SV1 session, on a channel without a socket. */
class MinerConnectionSv1Test {
    private static final VardiffConfig EASY = new VardiffConfig(true, 6, 1e-9, 1e-9);
    private static final Target EASIEST = Difficulty.targetOf(1e-9);
    private static final String SUBSCRIBE = "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n";
    private static final String AUTHORIZE = "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(VectorJobs.SHARE_TIP.minNtime()));
    private final List<GatewayEvent> events = new ArrayList<>();
    private final GatewayEvents bus = new GatewayEvents("test", List.of(events::add));
    private final Pool pool = new Pool();
    private final Numbering numbering = new Numbering();
    private final BlockDesk desk =
            new BlockDesk(channel.eventLoop(), new BlockJournal(Path.of("unused")), Runnable::run, clock);
    private final ControlActor control = new ControlActor(
            channel.eventLoop(),
            new Director(
                    RoutingPlan.single(new LoopFixture.PlayedUpstream("pool", pool)),
                    FailoverConfig.DEFAULT,
                    Duration.ofSeconds(30),
                    EASIEST,
                    numbering),
            clock,
            bus,
            desk,
            new TemplateHub(channel.eventLoop(), Runnable::run, desk, List.of(), clock),
            Runnable::run,
            new ControlActor.Ports() {
                @Override
                public void close(String reason) {}

                @Override
                public void open() {}
            });
    private final MinerContext context = new MinerContext(
            new RouteReplica(numbering),
            ExtranonceShape.ROLL_4,
            // The first index is that of the published share.
            new ExtranonceIndexes(VectorJobs.INDEX, VectorJobs.INDEX + 1, 0xffffffffL, 16),
            new ShareValidator(),
            new ProfileBook(EASY));
    private final MinerLoop home = new MinerLoop(channel.eventLoop(), 0, context, numbering, control, bus, clock);

    /** Gives the published job, and keeps what it is told. */
    private static final class Pool implements Upstream {
        private final List<UpstreamCommand> commands = new ArrayList<>();

        @Override
        public void start(Consumer<UpstreamEvent> events) {
            events.accept(new UpstreamEvent.ChannelOpened(
                    new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, EASIEST, true)));
            events.accept(new UpstreamEvent.JobAnnounced(VectorJobs.upstreamJob(OptionalLong.empty(), true)));
            events.accept(new UpstreamEvent.TipChanged(7, VectorJobs.SHARE_TIP));
        }

        @Override
        public void send(UpstreamCommand command) {
            commands.add(command);
        }
    }

    @BeforeEach
    void thePoolGivesWork() {
        control.start(List.of(home));
        channel.runPendingTasks();
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
        bus.close();
    }

    private void connect() {
        Sv1MinerSession session = new Sv1MinerSession(
                1, Sv1MinerContext.of(context, Sv1Config.DEFAULT, LimitsConfig.DEFAULT), MinerOrigin.LOCAL);
        MinerConnection miner = new MinerConnection(home, 1, "default", LoopFixture.visitor(), session, false);
        channel.pipeline().addLast(new Sv1LineHandler(), miner);
        miner.feed(new MinerInput.Started());
    }

    private void says(String lines) {
        channel.writeInbound(Unpooled.wrappedBuffer(lines.getBytes(UTF_8)));
    }

    private String hears() {
        StringBuilder heard = new StringBuilder();
        for (ByteBuf line = channel.readOutbound(); line != null; line = channel.readOutbound()) {
            heard.append(line.toString(UTF_8));
            line.release();
        }
        return heard.toString();
    }

    private void submitsThePublishedShare() {
        String jobId = hears().replaceAll("(?s).*mining.notify\",\"params\":\\[\"([^\"]*)\".*", "$1");
        says("{\"id\":3,\"method\":\"mining.submit\",\"params\":[\"w\",\"" + jobId
                + "\",\"00000000\",\"680be961\",\"00004107\"]}\n");
        channel.runPendingTasks();
    }

    private <T extends GatewayEvent> List<T> events(Class<T> type) throws InterruptedException {
        assertThat(bus.awaitDelivery(Duration.ofSeconds(10))).isTrue();
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void aShareThatIsAcceptedGoesUp() throws InterruptedException {
        connect();
        says(SUBSCRIBE + AUTHORIZE);
        submitsThePublishedShare();

        assertThat(hears()).contains("\"id\":3", "true");
        assertThat(pool.commands).hasAtLeastOneElementOfType(UpstreamCommand.SubmitShare.class);
        assertThat(events(GatewayEvent.ShareSubmitted.class)).hasSize(1);
    }

    @Test
    void aShareStillGoesUpWhenItsAnswerCannotBeWritten() throws InterruptedException {
        connect();
        says(SUBSCRIBE + AUTHORIZE);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        submitsThePublishedShare();

        assertThat(pool.commands).hasAtLeastOneElementOfType(UpstreamCommand.SubmitShare.class);
        assertThat(events(GatewayEvent.ShareSubmitted.class))
                .allMatch(share -> share.verdict().isAccepted())
                .hasSize(1);
        assertThat(channel.isActive()).isFalse();
        assertThat(events(GatewayEvent.MinerDisconnected.class))
                .extracting(GatewayEvent.MinerDisconnected::reason)
                .containsExactly("slow-reader");
    }

    @Test
    void aBurstIsWrittenInPartsToAMinerThatReads() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(8, 16));
        connect();
        says(SUBSCRIBE + AUTHORIZE);

        assertThat(channel.isActive()).isTrue();
        assertThat(hears()).contains("\"id\":2", "mining.set_difficulty", "mining.notify");
    }

    @Test
    void anAnswerIsFreedOnceItIsWritten() {
        connect();
        says(SUBSCRIBE);

        ByteBuf answer = channel.readOutbound();
        assertThat(answer.release()).isTrue();
    }

    @Test
    void whoeverIsShutDownIsCountedWithTheReason() throws InterruptedException {
        connect();
        says(SUBSCRIBE + AUTHORIZE);
        CompletableFuture<Void> emptied = home.shutDown("shutting-down");
        assertThat(emptied).isNotDone();
        channel.runPendingTasks();

        assertThat(channel.isActive()).isFalse();
        assertThat(emptied).isDone();
        assertThat(events(GatewayEvent.ChannelClosed.class))
                .extracting(GatewayEvent.ChannelClosed::reason)
                .containsExactly("shutting-down");
        assertThat(events(GatewayEvent.MinerDisconnected.class))
                .extracting(GatewayEvent.MinerDisconnected::reason)
                .containsExactly("shutting-down");
    }

    @Test
    void nobodyIsServedOnALoopThatIsShutDown() throws InterruptedException {
        home.shutDown("shutting-down");
        channel.runPendingTasks();
        connect();
        channel.runPendingTasks();

        assertThat(channel.isActive()).isFalse();
        assertThat(events(GatewayEvent.MinerDisconnected.class))
                .extracting(GatewayEvent.MinerDisconnected::reason)
                .containsExactly("shutting-down");
    }
}
