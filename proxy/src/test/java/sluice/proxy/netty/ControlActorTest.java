package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamDefinition;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.netty.Transport;

@Timeout(60)
class ControlActorTest {
    @TempDir
    Path home;

    @Test
    void itsMailboxTakesSharesUpToItsLimitAndRefusesOneMoreUntilTheRouteHasReadIt() throws Exception {
        try (LoopFixture fixture = new LoopFixture(home, command -> {})) {
            ForwardedShare share = LoopFixture.share(LoopFixture.activeJob(1), false);
            CountDownLatch loop = fixture.holdLoop();
            for (int i = 0; i < ControlActor.MAILBOX_LIMIT; i++) {
                assertThat(fixture.control.forward(share)).isTrue();
            }
            assertThat(fixture.control.forward(share)).isFalse();
            loop.countDown();
            fixture.onLoop(() -> {});
            assertThat(fixture.control.forward(share)).isTrue();
        }
    }

    @Test
    void aBlockIsOnTheDiskWhenItsCommandGoesUp() throws Exception {
        Path blocks = home.resolve("blocks");
        List<Integer> filesWhenSent = new ArrayList<>();
        try (LoopFixture fixture = new LoopFixture(blocks, command -> filesWhenSent.add(count(blocks)))) {
            fixture.upstreamGivesWork();
            fixture.control.forward(LoopFixture.share(current(fixture), true));
            await().until(() -> !fixture.commands.isEmpty());
            assertThat(fixture.commands).hasOnlyElementsOfType(UpstreamCommand.SubmitShare.class);
            assertThat(filesWhenSent).containsExactly(1);
        }
    }

    @Test
    void aDiskThatFailsDoesNotCostTheBlock() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "");
        try (LoopFixture fixture = new LoopFixture(file.resolve("blocks"), command -> {})) {
            fixture.upstreamGivesWork();
            fixture.control.forward(LoopFixture.share(current(fixture), true));
            await().until(() -> !fixture.commands.isEmpty());
            assertThat(fixture.commands).hasOnlyElementsOfType(UpstreamCommand.SubmitShare.class);
        }
    }

    @Test
    void whatAnUpstreamSaysAfterTheEndReachesNoLoopOfMinersAnyMore() throws Exception {
        EventLoopGroup others = Transport.NIO.newEventLoops(1, "others");
        try (LoopFixture fixture = new LoopFixture(home, command -> {})) {
            fixture.upstreamGivesWorkTo(List.of(fixture.miners, fixture.minersOn(others.next())));
            fixture.control.close("over");
            others.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();

            fixture.onLoop(
                    () -> fixture.upstreamSays(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "closed by us")));

            assertThat(fixture.events(GatewayEvent.MiningPoolDisconnected.class))
                    .hasSize(1);
        }
    }

    @Test
    void whatAnUpstreamSaysWhileItIsToldSomethingIsTakenAfterwards() throws Exception {
        AtomicReference<LoopFixture> gateway = new AtomicReference<>();
        Consumer<UpstreamCommand> saysItsLastAtOnce = command -> {
            if (command instanceof UpstreamCommand.Close) {
                gateway.get().upstreamSays(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "closed by us"));
            }
        };
        try (LoopFixture fixture = new LoopFixture(home, saysItsLastAtOnce)) {
            gateway.set(fixture);
            fixture.upstreamGivesWork();
            fixture.control.close("shutting-down");
            fixture.onLoop(() -> {});
            assertThat(fixture.commands).containsExactly(new UpstreamCommand.Close("shutting-down"));
            assertThat(fixture.events(GatewayEvent.MiningPoolDisconnected.class))
                    .extracting(GatewayEvent.MiningPoolDisconnected::reason)
                    .containsExactly("closed by us");
        }
    }

    private static CompletableFuture<ChangeResult> activate(LoopFixture fixture, String goal) {
        return fixture.control.change(id -> new DirectorInput.Activate(id, goal, Optional.of("pool")));
    }

    private static CompletableFuture<ChangeResult> changeTo(LoopFixture fixture, UpstreamDefinition upstream) {
        return fixture.control.change(
                id -> new DirectorInput.Change(id, RoutingPlan.single(upstream), FailoverConfig.DEFAULT));
    }

    @Test
    void whoAsksForAChangeIsAnswered() throws Exception {
        try (LoopFixture fixture = new LoopFixture(home, command -> {})) {
            fixture.upstreamGivesWork();
            assertThat(activate(fixture, "default").get()).isEqualTo(new ChangeResult.Applied(2));
            assertThat(activate(fixture, "nowhere").get())
                    .isEqualTo(new ChangeResult.Rejected("", "", "there is no goal nowhere"));
        }
    }

    @Test
    void whoWaitsForAChangeIsAnsweredAtTheEndAndWhoComesLaterToo() throws Exception {
        LoopFixture fixture = new LoopFixture(home, command -> {});
        CompletableFuture<ChangeResult> pending;
        CompletableFuture<ChangeResult> late;
        try (fixture) {
            fixture.upstreamGivesWork();
            pending = changeTo(fixture, LoopFixture.silent("other"));
            fixture.onLoop(() -> {});
            assertThat(pending).isNotDone();
            fixture.control.close("shutting-down");
            late = changeTo(fixture, LoopFixture.silent("other"));
            fixture.onLoop(() -> {});
        }
        ChangeResult stopped = new ChangeResult.Rejected("", "", "shutting-down");
        assertThat(pending.get()).isEqualTo(stopped);
        assertThat(late.get()).isEqualTo(stopped);
        assertThat(changeTo(fixture, LoopFixture.silent("other")).get())
                .isEqualTo(new ChangeResult.Rejected("", "", "the gateway is closed"));
    }

    private static MiningJob current(LoopFixture fixture) throws Exception {
        return fixture.currentJob();
    }

    private static int count(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return (int) files.filter(file -> file.toString().endsWith(".json")).count();
        } catch (IOException e) {
            return 0;
        }
    }
}
