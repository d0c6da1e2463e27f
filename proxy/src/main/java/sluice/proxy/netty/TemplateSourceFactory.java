package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import sluice.upstream.template.TemplateSource;

/** Makes one of the gateway's sources of templates. */
public interface TemplateSourceFactory {
    /** Shown in logs and in the journal of found blocks; without secrets. */
    String name();

    /** Whether it takes whole blocks, also those that are not of its own templates. */
    boolean takesEveryBlock();

    /**
     * @param loop where the source lives
     * @param handshakes runs the curve arithmetic of handshakes
     */
    TemplateSource create(EventLoop loop, Executor handshakes);
}
