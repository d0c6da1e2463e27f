package sluice.interop;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import sluice.protocol.Bytes;
import sluice.proxy.netty.UpstreamFactory;
import sluice.upstream.Upstream;
import sluice.upstream.netty.NodeSource;
import sluice.upstream.netty.TemplateUpstream;
import sluice.upstream.node.NodeProposal;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.template.SoloSession;

/** Solo mining on a real node; found blocks are not kept, for they are worth nothing. */
record SoloNode(NodeSettings node, Executor disk, InstantSource clock) implements UpstreamFactory {
    /** A key of nobody. */
    static final Bytes PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");

    static final Bytes TAG = Bytes.of("/Sluice interop/".getBytes(StandardCharsets.US_ASCII));

    /** What the node is asked about before a block is found. */
    static NodeProposal proposal() {
        return new NodeProposal(PAYOUT, TAG);
    }

    @Override
    public String name() {
        return node.name();
    }

    @Override
    public boolean recordsBlocks() {
        return true;
    }

    @Override
    public Upstream create(EventLoop loop, Executor handshakes, Optional<String> userIdentity) {
        return new TemplateUpstream(
                loop,
                new NodeSource(node, loop, clock, new SplittableRandom(1)),
                new SoloSession(name(), PAYOUT, TAG),
                clock,
                disk,
                block -> {});
    }
}
