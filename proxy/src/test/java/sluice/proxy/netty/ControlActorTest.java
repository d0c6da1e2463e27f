package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.upstream.UpstreamCommand;

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
