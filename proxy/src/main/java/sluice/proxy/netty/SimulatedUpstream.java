package sluice.proxy.netty;

import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import sluice.protocol.Bytes;
import sluice.proxy.block.BlockEntry;
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
 */
public record SimulatedUpstream(
        SimulatedChain.Settings chain, long seed, Bytes payoutScript, Bytes tag, InstantSource clock)
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
    public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
        SimulatedChain own = new SimulatedChain(chain, new SplittableRandom(seed), clock.instant());
        return new TemplateUpstream(
                here.loop(),
                new BlockPath(name(), new LocalTemplateSource(here.loop(), own, clock), here.blocks()),
                new SoloSession(name(), payoutScript, tag),
                clock,
                (solution, merklePath, verdict) -> here.blocks()
                        .found(BlockEntry.of(solution, merklePath, name(), clock.instant()), () -> {}, verdict));
    }
}
