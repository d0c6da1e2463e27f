package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import sluice.upstream.netty.TemplateProviderSource;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.TemplateSource;

/** Templates from a template provider (SV2 7), which takes solutions of its own templates only. */
public record ProviderTemplates(TemplateProviderSettings settings, InstantSource clock)
        implements TemplateSourceFactory {
    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public boolean takesEveryBlock() {
        return false;
    }

    @Override
    public TemplateSource create(EventLoop loop, Executor handshakes) {
        return new TemplateProviderSource(settings, loop, handshakes, clock, new SecureRandom());
    }
}
