package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.block.FoundBlocks;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

@Timeout(30)
class TemplateHubTest {
    private final InstantSource clock = InstantSource.system();
    private final EventLoopGroup group = Transport.NIO.newEventLoops(1, "hub-test");
    private final EventLoop loop = group.next();

    @TempDir
    Path home;

    /** A source that notes what it is asked. */
    private record Noting(String name, boolean takesEveryBlock, List<TemplateCommand> asked)
            implements TemplateSourceFactory {
        Noting(String name, boolean takesEveryBlock) {
            this(name, takesEveryBlock, new ArrayList<>());
        }

        @Override
        public TemplateSource create(EventLoop on, Executor handshakes) {
            return new TemplateSource() {
                @Override
                public void start(Consumer<TemplateEvent> events) {}

                @Override
                public void send(TemplateCommand command) {
                    asked.add(command);
                }
            };
        }

        List<BlockSolution> offered() {
            List<BlockSolution> offered = new ArrayList<>();
            for (TemplateCommand command : asked) {
                if (command instanceof TemplateCommand.SubmitBlock(BlockSolution solution)) {
                    offered.add(solution);
                }
            }
            return offered;
        }
    }

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void onLoop(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    private BlockDesk desk() {
        return new BlockDesk(loop, new BlockJournal(home), Runnable::run, clock);
    }

    private static TemplateCommand reserve(long bytes) {
        return new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(bytes, 4));
    }

    @Test
    void theSourceLeavesRoomForWhoeverWantsTheMost() {
        Noting source = new Noting("node", true);
        TemplateHub hub = new TemplateHub(loop, Runnable::run, desk(), List.of(source), clock);
        onLoop(() -> {
            hub.subscribe().send(reserve(43));
            hub.start();
            hub.subscribe().send(reserve(34));
            hub.subscribe().send(reserve(120));
        });
        assertThat(source.asked()).containsExactly(reserve(43), reserve(120));
    }

    @Test
    void whatAProviderOfOutputsNeedsComesOnTopOfThatAndGoesWithIt() {
        Noting source = new Noting("node", true);
        TemplateHub hub = new TemplateHub(loop, Runnable::run, desk(), List.of(source), clock);
        onLoop(() -> {
            hub.start();
            hub.subscribe().send(reserve(43));
            hub.reserveBeside(new CoinbaseReserve(1_000, 320));
            hub.subscribe().send(reserve(34));
            hub.subscribe().send(reserve(120));
            hub.reserveBeside(CoinbaseReserve.NONE);
        });
        assertThat(source.asked())
                .containsExactly(
                        reserve(43),
                        new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(1_043, 324)),
                        new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(1_120, 324)),
                        reserve(120));
    }

    @Test
    void eachOfSeveralSourcesIsOfferedOnlyBlocksThatItCanTake() {
        Noting provider = new Noting("provider", false);
        Noting node = new Noting("node", true);
        BlockDesk desk = desk();
        TemplateHub hub = new TemplateHub(loop, Runnable::run, desk, List.of(provider, node), clock);
        BlockEntry ofEarlierRun = FoundBlocks.whole(1, clock.instant());
        List<BlockVerdict> verdicts = new ArrayList<>();
        onLoop(() -> {
            hub.start();
            desk.found(ofEarlierRun, () -> {}, verdicts::add);
        });
        // What it caused is behind it on the loop.
        onLoop(() -> {});
        onLoop(() -> {});
        assertThat(provider.offered()).isEmpty();
        BlockSolution offered = node.offered().getFirst();
        assertThat(offered)
                .isEqualTo(ofEarlierRun.solution(offered.number()).orElseThrow().ofTemplate(BlockSolution.NO_TEMPLATE));
        BlockVerdict refusal = BlockVerdict.ofReason("high-hash");
        onLoop(() -> desk.answered("node", offered.number(), refusal));
        assertThat(verdicts).as("nobody waits for the provider").containsExactly(refusal);
    }

    @Test
    void everySourceLooksWhenThereMayBeABetterTemplate() {
        Noting provider = new Noting("provider", false);
        Noting node = new Noting("node", true);
        TemplateHub hub = new TemplateHub(loop, Runnable::run, desk(), List.of(provider, node), clock);
        onLoop(() -> {
            hub.look();
            hub.start();
            hub.look();
        });
        assertThat(provider.asked()).containsExactly(new TemplateCommand.LookNow());
        assertThat(node.asked()).containsExactly(new TemplateCommand.LookNow());
    }

    @Test
    void withoutASourceThatIsSaid() {
        TemplateHub hub = new TemplateHub(loop, Runnable::run, desk(), List.of(), clock);
        List<TemplateEvent> events = new ArrayList<>();
        onLoop(() -> {
            hub.start();
            hub.subscribe().start(events::add);
        });
        assertThat(events).containsExactly(new TemplateEvent.Unavailable("no template source is configured"));
    }
}
