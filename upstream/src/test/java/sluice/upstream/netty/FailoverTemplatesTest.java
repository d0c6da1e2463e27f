package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.netty.Patience.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.upstream.failover.TemplateFailover.Source;
import sluice.upstream.node.NodeCredentials;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateEvent.NewTip;
import sluice.upstream.template.TemplateEvent.Refreshed;

/** Two nodes with recorded answers behind one source. */
@Timeout(60)
class FailoverTemplatesTest {
    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "failover-test");
    private final EventLoop loop = loops.next();
    private final Queue<TemplateEvent> events = new ConcurrentLinkedQueue<>();
    private final StubbedNode first = new StubbedNode().reset();
    private final StubbedNode second = new StubbedNode().reset();
    // Time stands still, so a better source may return at once.
    private final FailoverTemplates templates = new FailoverTemplates(
            List.of(member("first", first), member("second", second)), loop, InstantSource.fixed(Instant.EPOCH));

    private FailoverTemplates.Member member(String name, StubbedNode node) {
        NodeSettings settings =
                new NodeSettings(name, node.url(), new NodeCredentials.None(), Optional.empty(), Optional.empty());
        return new FailoverTemplates.Member(
                new Source(name, true),
                new NodeSource(settings, loop, InstantSource.system(), new SplittableRandom(1)));
    }

    @AfterEach
    void close() {
        loop.submit(() -> templates.send(new TemplateCommand.Close("over"))).syncUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        first.close();
        second.close();
    }

    private void start() {
        loop.submit(() -> templates.start(events::add)).syncUninterruptibly();
    }

    @Test
    void theSecondFeedsWhileTheFirstWarmsUpAndTheFirstWhenItIsReady() {
        first.template(StubbedNode.response("bitcoind/errors/error_warmup_-28"));
        second.template("gbt_1tx");
        start();
        await().until(() -> events.stream().anyMatch(NewTip.class::isInstance));
        first.template("gbt_20tx");
        await().until(() -> events.stream().anyMatch(Refreshed.class::isInstance));
        assertThat(((Refreshed) events.stream()
                                .filter(Refreshed.class::isInstance)
                                .findFirst()
                                .orElseThrow())
                        .template()
                        .coinbase()
                        .value())
                .isEqualTo(5_000_272_190L);
    }
}
