package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.ReadAllowance;

@Timeout(60)
class MinerConnectionTest {
    /** What Netty counts for each message that waits, besides its bytes. */
    private static final int MESSAGE_OVERHEAD = 96;

    private static final Bytes LINE = Bytes.fromHex("7b7d");

    private LoopFixture fixture;

    @BeforeEach
    void makeLoop(@TempDir Path home) {
        fixture = new LoopFixture(home, command -> {});
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A miner that takes no bytes at all. */
    private EmbeddedChannel deaf(ScriptedSession session) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.config()
                .setWriteBufferWaterMark(
                        new WriteBufferWaterMark(MinerConnection.MAX_BACKLOG / 2, MinerConnection.MAX_BACKLOG));
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {}
        });
        channel.pipeline()
                .addLast(new MinerConnection(fixture.miners, 7, "default", LoopFixture.visitor(), session, false));
        return channel;
    }

    private EmbeddedChannel connect(Function<MinerInput, List<MinerAction>> script) {
        EmbeddedChannel channel = new EmbeddedChannel();
        // However long the test takes, for the connection only so much time passes as the test says.
        channel.freezeTime();
        channel.pipeline()
                .addLast(new MinerConnection(
                        fixture.miners, 7, "default", LoopFixture.visitor(), new ScriptedSession(script), false));
        return channel;
    }

    private String reason() throws InterruptedException {
        List<GatewayEvent.MinerDisconnected> ends = fixture.events(GatewayEvent.MinerDisconnected.class);
        return ends.isEmpty() ? "" : ends.getFirst().reason();
    }

    private static List<MinerAction> send(int bytes) {
        return List.of(new MinerAction.Send(Bytes.zeros(bytes)));
    }

    @Test
    void aMinerThatDoesNotReadMayHaveTheWholeBacklogWaiting() throws Exception {
        EmbeddedChannel channel =
                deaf(new ScriptedSession(input -> send(MinerConnection.MAX_BACKLOG / 2 - MESSAGE_OVERHEAD)));
        channel.writeInbound(LINE);
        channel.writeInbound(LINE);
        assertThat(channel.isWritable()).isTrue();
        assertThat(reason()).isEmpty();
    }

    @Test
    void aMinerThatDoesNotReadIsDisconnectedOnceTheBacklogIsExceeded() throws Exception {
        EmbeddedChannel channel =
                deaf(new ScriptedSession(input -> send(MinerConnection.MAX_BACKLOG / 2 - MESSAGE_OVERHEAD + 1)));
        channel.writeInbound(LINE);
        channel.writeInbound(LINE);
        assertThat(channel.isWritable()).isFalse();
        channel.writeInbound(LINE);
        assertThat(channel.config().isAutoRead()).as("whether we still listen").isFalse();
        // It never takes what waits for it either, so the close comes by the clock.
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(reason()).isEqualTo("slow-reader");
    }

    @Test
    void aMinerThatSendsTooMuchIsReadNoFurtherForAWhileAndNothingIsLost() throws Exception {
        List<MinerInput> heard = new ArrayList<>();
        EmbeddedChannel channel = connect(input -> {
            heard.add(input);
            return List.of();
        });
        int lines = 2 * ReadAllowance.MAX_BYTES_PER_SECOND / 1_024;
        for (int i = 0; i < lines; i++) {
            channel.writeInbound(Bytes.zeros(1_024));
        }
        assertThat(heard).hasSize(lines);
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reason()).isEmpty();
    }

    @Test
    void whatAStrangerSendsWaitsUntilWorkComesByIt() throws Exception {
        EmbeddedChannel channel =
                connect(input -> input instanceof MinerInput.LineReceived(Bytes line) && line.equals(LINE)
                        ? List.of(new MinerAction.Proved())
                        : List.<MinerAction>of());
        for (int i = 0; i < 5 * ReadAllowance.UNPROVEN_BYTES_PER_SECOND / 1_024; i++) {
            channel.writeInbound(Bytes.zeros(1_024));
        }
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.writeInbound(LINE);
        assertThat(channel.config().isAutoRead()).isTrue();
        for (int i = 0; i < ReadAllowance.MAX_BYTES_PER_SECOND / 1_024; i++) {
            channel.writeInbound(Bytes.zeros(1_024));
        }
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reason()).isEmpty();
    }

    @Test
    void aCrowdOfStrangersWaitsForEachOtherAndNotTheMinersThatWork() throws Exception {
        EmbeddedChannel worker = connect(input ->
                input instanceof MinerInput.LineReceived ? List.of(new MinerAction.Proved()) : List.<MinerAction>of());
        worker.writeInbound(LINE);
        EmbeddedChannel last = connect(input -> List.of());
        last.writeInbound(LINE);
        assertThat(last.config().isAutoRead()).isTrue();
        for (int i = 0; i < ReadAllowance.STRANGERS_BYTES_PER_SECOND / 1_024; i++) {
            connect(input -> List.of()).writeInbound(Bytes.zeros(1_024));
        }
        last.writeInbound(LINE);
        assertThat(last.config().isAutoRead()).isFalse();
        worker.writeInbound(LINE);
        assertThat(worker.config().isAutoRead()).isTrue();
    }

    @Test
    void aVerdictIsCountedEvenWhereItsAnswerEndsTheConnection() throws Exception {
        GatewayEvent.ShareUnforwardable verdict =
                new GatewayEvent.ShareUnforwardable(fixture.miners.clock().instant(), "acct.w1", "no-upstream");
        EmbeddedChannel channel = connect(input -> input instanceof MinerInput.LineReceived
                ? List.of(
                        new MinerAction.Disconnect("idle", "before the verdict"),
                        new MinerAction.Send(LINE),
                        new MinerAction.Publish(verdict))
                : List.<MinerAction>of());
        channel.writeInbound(LINE);
        assertThat(fixture.events(GatewayEvent.ShareUnforwardable.class)).containsExactly(verdict);
        Object sent = channel.readOutbound();
        assertThat(sent).as("only the end itself").isEqualTo(Unpooled.EMPTY_BUFFER);
        Object behind = channel.readOutbound();
        assertThat(behind).isNull();
    }

    @Test
    void aViolationClosesTheConnectionWithItsReason() throws Exception {
        EmbeddedChannel channel = connect(input -> List.of());
        channel.pipeline().fireExceptionCaught(new ProtocolViolation("line-too-long", "16385 bytes"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(reason()).isEqualTo("line-too-long");
    }

    @Test
    void aBugInASessionClosesThatConnectionOnly() throws Exception {
        EmbeddedChannel broken = connect(input -> {
            throw new IllegalStateException("broken on purpose");
        });
        EmbeddedChannel other = connect(input -> List.of());
        broken.writeInbound(LINE);
        assertThat(broken.isOpen()).isFalse();
        assertThat(other.isOpen()).isTrue();
        assertThat(reason()).as("though the session's last word failed, too").isEqualTo("internal-error");
    }

    @Test
    void whatTheSessionSaysAtItsEndIsPublishedBeforeTheDisconnect() throws Exception {
        GatewayEvent last =
                new GatewayEvent.ChannelClosed(fixture.miners.clock().instant(), 7, 16, "closed-by-miner");
        EmbeddedChannel channel = connect(input ->
                input instanceof MinerInput.Closed ? List.of(new MinerAction.Publish(last)) : List.<MinerAction>of());
        channel.close();
        assertThat(fixture.events(GatewayEvent.class)).first().isEqualTo(last);
        assertThat(reason()).isEqualTo("closed-by-miner");
    }

    @Test
    void theSessionsReasonIsTheOneThatCounts() throws Exception {
        EmbeddedChannel channel = connect(input -> input instanceof MinerInput.LineReceived
                ? List.of(new MinerAction.Disconnect("idle", "nothing heard"))
                : List.of());
        channel.writeInbound(LINE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(reason()).isEqualTo("idle");
    }

    private EmbeddedChannel findsABlock() throws Exception {
        fixture.upstreamGivesWork();
        MinerAction block = new MinerAction.Forward(LoopFixture.share(fixture.currentJob(), true));
        return connect(input -> input instanceof MinerInput.LineReceived
                ? List.of(block, new MinerAction.Send(LINE))
                : List.<MinerAction>of());
    }

    @Test
    void aMinerHearsOfItsBlockWhenTheBlockIsOnTheDisk() throws Exception {
        EmbeddedChannel channel = findsABlock();
        CountDownLatch control = fixture.holdLoop();
        channel.writeInbound(LINE);
        Object early = channel.readOutbound();
        assertThat(early).isNull();
        control.countDown();
        await().until(() -> !fixture.commands.isEmpty());
        fixture.onLoop(() -> {});
        channel.runPendingTasks();
        Object answer = channel.readOutbound();
        assertThat(answer).isNotNull();
        assertThat(fixture.home.resolve(Hash256.ZERO.display() + ".json")).exists();
    }

    @Test
    void aDiskThatHangsKeepsTheAnswerBackForFiveSeconds() throws Exception {
        EmbeddedChannel channel = findsABlock();
        CountDownLatch control = fixture.holdLoop();
        channel.writeInbound(LINE);
        channel.advanceTimeBy(MinerConnection.BLOCK_PATIENCE.toMillis() - 1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        Object early = channel.readOutbound();
        assertThat(early).isNull();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(MinerConnection.BLOCK_PATIENCE).hasSeconds(5);
        Object late = channel.readOutbound();
        assertThat(late).isNotNull();
        control.countDown();
    }
}
