package sluice.endtoend;

import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** A simulated chain that a gateway takes its templates from, and whose templates a test may look at on any thread. */
final class WatchedChain implements TemplateSourceFactory {
    private final SimulatedChain.Settings settings;
    private final InstantSource clock;
    private final ConcurrentMap<List<Hash256>, Template> templates = new ConcurrentHashMap<>();
    private volatile Template latest;

    WatchedChain(SimulatedChain.Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "chain";
    }

    @Override
    public boolean takesEveryBlock() {
        return true;
    }

    @Override
    public TemplateSource create(EventLoop loop, Executor handshakes) {
        TemplateSource source = new LocalTemplateSource(
                loop, new SimulatedChain(settings, new SplittableRandom(7), clock.instant()), clock);
        return new TemplateSource() {
            @Override
            public void start(Consumer<TemplateEvent> events) {
                source.start(event -> {
                    watch(event);
                    events.accept(event);
                });
            }

            @Override
            public void send(TemplateCommand command) {
                source.send(command);
            }
        };
    }

    private void watch(TemplateEvent event) {
        if (event instanceof TemplateEvent.NewTip(Template template)) {
            keep(template);
        } else if (event instanceof TemplateEvent.Refreshed(Template template)) {
            keep(template);
        }
    }

    private void keep(Template template) {
        templates.put(template.merklePath().siblings(), template);
        latest = template;
    }

    /** The newest template; absent before the first. */
    Optional<Template> latest() {
        return Optional.ofNullable(latest);
    }

    /** The template whose coinbase has these siblings. */
    Optional<Template> of(List<Hash256> merklePath) {
        return Optional.ofNullable(templates.get(merklePath));
    }
}
