package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import sluice.upstream.template.TemplateSource;

/** Makes one of the gateway's sources of templates. */
public interface TemplateSourceFactory {
    /** Shown in logs and in the journal of found blocks; without secrets. */
    String name();

    /**
     * @param loop where the source lives
     * @param handshakes runs the curve arithmetic of handshakes
     */
    TemplateSource create(EventLoop loop, Executor handshakes);
}
