package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import sluice.upstream.netty.NodeSource;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.template.TemplateSource;

/** Templates from a node by JSON-RPC. */
public record NodeTemplates(NodeSettings settings, InstantSource clock) implements TemplateSourceFactory {
    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public boolean takesEveryBlock() {
        return true;
    }

    @Override
    public TemplateSource create(EventLoop loop, Executor handshakes) {
        return new NodeSource(settings, loop, clock, new SecureRandom());
    }
}
