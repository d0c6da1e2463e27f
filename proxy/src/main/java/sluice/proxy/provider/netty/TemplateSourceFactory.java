package sluice.proxy.provider.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import sluice.upstream.template.TemplateSource;

/** Makes the source whose templates a {@link TemplateServer} gives away. */
@FunctionalInterface
public interface TemplateSourceFactory {
    /**
     * @param loop where the source lives
     * @param handshakes runs the curve arithmetic of connections; bounded
     */
    TemplateSource create(EventLoop loop, Executor handshakes);
}
