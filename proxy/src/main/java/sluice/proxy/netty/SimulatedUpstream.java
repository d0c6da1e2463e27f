package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import sluice.protocol.Bytes;
import sluice.proxy.block.BlockFiles;
import sluice.upstream.Upstream;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.netty.TemplateUpstream;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.SoloSession;

/**
 * Solo mining on a chain that exists only in this process: what makes a gateway the pool of a demonstration or a test.
 *
 * @param seed equal seeds give equal chains
 * @param payoutScript output script that a block's reward goes to
 * @param tag put into the coinbase, ASCII
 * @param blocks directory for whole found blocks
 */
public record SimulatedUpstream(
        SimulatedChain.Settings chain,
        long seed,
        Bytes payoutScript,
        Bytes tag,
        Path blocks,
        Executor disk,
        InstantSource clock)
        implements UpstreamFactory {
    @Override
    public String name() {
        return "simulated-chain";
    }

    @Override
    public boolean recordsBlocks() {
        return true;
    }

    @Override
    public Upstream create(EventLoop loop, Executor handshakes, Optional<String> userIdentity) {
        BlockFiles files = new BlockFiles(blocks);
        return new TemplateUpstream(
                loop,
                new LocalTemplateSource(
                        loop, new SimulatedChain(chain, new SplittableRandom(seed), clock.instant()), clock),
                new SoloSession(name(), payoutScript, tag),
                clock,
                disk,
                block -> files.writeRaw(block.hash(), block.block().orElseThrow()));
    }
}
