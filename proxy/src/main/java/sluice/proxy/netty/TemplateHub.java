package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.failover.TemplateFailover;
import sluice.upstream.netty.FailoverTemplates;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;
import sluice.upstream.template.TemplateStanding;

/**
 * The gateway's templates, shared by all that want them: its sources run from start to end, each is a path that found blocks
 * are offered on, and whoever subscribes gets the template in force at once. Confined to the control loop.
 */
public final class TemplateHub {
    /** Templates that are known again by what is in them; more than any job is made of. */
    static final int MAX_KNOWN = 64;

    private static final String NO_SOURCE = "no template source is configured";

    private final EventLoop loop;
    private final Executor handshakes;
    private final BlockDesk blocks;
    private final List<TemplateSourceFactory> factories;
    private final InstantSource clock;
    private final TemplateAudience audience = new TemplateAudience();
    private final Map<Content, Long> known = new LinkedHashMap<>();
    private Optional<TemplateSource> source = Optional.empty();
    private Instant since;
    /** For outputs that the gateway itself puts into coinbases. */
    private CoinbaseReserve own = CoinbaseReserve.NONE;
    /** For outputs that come on top of them. */
    private CoinbaseReserve beside = CoinbaseReserve.NONE;

    private CoinbaseReserve reserve = CoinbaseReserve.NONE;

    /** What makes a template: all that a block has but for its coinbase. */
    private record Content(Hash256 prevHash, List<Hash256> siblings) {}

    /** @param factories of the sources, the best first; none for a gateway that has pools only */
    TemplateHub(
            EventLoop loop,
            Executor handshakes,
            BlockDesk blocks,
            List<TemplateSourceFactory> factories,
            InstantSource clock) {
        this.loop = loop;
        this.handshakes = handshakes;
        this.blocks = blocks;
        this.factories = List.copyOf(factories);
        this.clock = clock;
        this.since = clock.instant();
    }

    void start() {
        if (factories.isEmpty()) {
            on(new TemplateEvent.Unavailable(NO_SOURCE));
        } else {
            TemplateSource path = factories.size() == 1 ? only() : inOrder();
            source = Optional.of(path);
            path.start(this::on);
            if (!reserve.equals(CoinbaseReserve.NONE)) {
                path.send(new TemplateCommand.ReserveCoinbase(reserve));
            }
        }
    }

    private TemplateSource only() {
        TemplateSourceFactory factory = factories.getFirst();
        return new BlockPath(factory.name(), factory.create(loop, handshakes), blocks);
    }

    private TemplateSource inOrder() {
        List<FailoverTemplates.Member> members = new ArrayList<>();
        AtomicReference<FailoverTemplates> whole = new AtomicReference<>();
        for (TemplateSourceFactory factory : factories) {
            int place = members.size();
            members.add(new FailoverTemplates.Member(
                    new TemplateFailover.Source(factory.name(), factory.takesEveryBlock()),
                    new BlockPath(
                            factory.name(),
                            factory.create(loop, handshakes),
                            blocks,
                            // Only what makes one of several knows whose template a block is of.
                            solution -> whole.get().solutionFor(place, solution))));
        }
        whole.set(new FailoverTemplates(members, loop, clock));
        return whole.get();
    }

    /** Has the sources look for a better template at once, where they can. */
    void look() {
        source.ifPresent(open -> open.send(new TemplateCommand.LookNow()));
    }

    void stop(String reason) {
        source.ifPresent(open -> open.send(new TemplateCommand.Close(reason)));
        source = Optional.empty();
        audience.dismiss();
    }

    /** The gateway's templates as a source of one's own; blocks go to the {@link BlockDesk}, not through it. */
    public TemplateSource subscribe() {
        return audience.join(this::asked);
    }

    private void asked(TemplateCommand command) {
        switch (command) {
            case TemplateCommand.SubmitBlock submit ->
                throw new IllegalStateException("blocks are offered by the block desk");
            case TemplateCommand.ReserveCoinbase(CoinbaseReserve wanted) -> {
                // Templates are shared, so they leave room for whoever wants the most.
                own = own.orMore(wanted);
                reserve();
            }
            case TemplateCommand.LookNow look -> look();
            case TemplateCommand.Close close -> throw new IllegalStateException("who leaves, leaves the audience");
        }
    }

    /** Has templates leave so much room on top of what those who make jobs of them want. */
    void reserveBeside(CoinbaseReserve wanted) {
        beside = wanted;
        reserve();
    }

    private void reserve() {
        CoinbaseReserve enough = own.plus(beside);
        if (!enough.equals(reserve)) {
            reserve = enough;
            source.ifPresent(open -> open.send(new TemplateCommand.ReserveCoinbase(enough)));
        }
    }

    private void on(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> inForce(template);
            case TemplateEvent.Refreshed(Template template) -> inForce(template);
            case TemplateEvent.Unavailable unavailable -> {
                if (audience.unavailable().isEmpty()) {
                    since = clock.instant();
                }
            }
            case TemplateEvent.TransactionsArrived _, TemplateEvent.BlockJudged _ -> {}
        }
        audience.tell(event);
    }

    /**
     * Which template of ours a block might as well have been mined on, so that a source that takes only those takes it, too.
     *
     * @param siblings of its coinbase
     */
    OptionalLong templateWith(Hash256 prevHash, List<Hash256> siblings) {
        Long id = known.get(new Content(prevHash, siblings));
        return id == null ? OptionalLong.empty() : OptionalLong.of(id);
    }

    TemplateStanding standing() {
        return new TemplateStanding(audience.current(), audience.unavailable(), since);
    }

    private void inForce(Template template) {
        since = clock.instant();
        known.put(new Content(template.tip().prevHash(), template.merklePath().siblings()), template.id());
        if (known.size() > MAX_KNOWN) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
