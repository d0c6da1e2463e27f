package sluice.proxy.provider.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.proxy.provider.TemplateClientInput;
import sluice.proxy.provider.TemplateClientSession;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** All clients of one source, and the source, on one loop: what it says goes to each, and their blocks go to it. */
final class TemplateClients {
    /** The largest room for outputs that one client's wish has the source leave to all: some 3,000 payees. */
    static final int MAX_SHARED_RESERVE = 100_000;
    /** The same, of signature operations. */
    static final int MAX_SHARED_SIGOPS = 10_000;
    /** Blocks whose verdict is written to the log with their names; the oldest gives way. */
    static final int MAX_NAMED_BLOCKS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(TemplateClients.class);

    private final EventLoop loop;
    private final TemplateSource source;
    private final InstantSource clock;
    private final Set<TemplateClientConnection> open = new LinkedHashSet<>();
    private final Map<Long, BlockSolution> blocks = new LinkedHashMap<>();
    private Optional<Template> current = Optional.empty();
    private CoinbaseReserve asked = CoinbaseReserve.NONE;
    private long lastTemplateId;
    private long lastBlock;

    TemplateClients(EventLoop loop, TemplateSource source, InstantSource clock) {
        this.loop = loop;
        this.source = source;
        this.clock = clock;
    }

    InstantSource clock() {
        return clock;
    }

    void start() {
        loop.execute(() -> source.start(this::onEvent));
    }

    Future<?> close(String reason) {
        return loop.submit(() -> {
            List.copyOf(open).forEach(client -> client.disconnect(reason, ""));
            source.send(new TemplateCommand.Close(reason));
        });
    }

    TemplateClientConnection newClient(String name) {
        return new TemplateClientConnection(
                this, name, new TemplateClientSession(name, () -> ++lastTemplateId, () -> ++lastBlock));
    }

    /** The client's handshake is over: it hears of what there is and of all that comes. */
    void joined(TemplateClientConnection client) {
        open.add(client);
        client.feed(new TemplateClientInput.Started());
        current.ifPresent(
                template -> client.feed(new TemplateClientInput.SourceReported(new TemplateEvent.NewTip(template))));
    }

    void left(TemplateClientConnection client) {
        if (open.remove(client)) {
            reserve();
        }
    }

    private void onEvent(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> current = Optional.of(template);
            case TemplateEvent.Refreshed(Template template) -> current = Optional.of(template);
            case TemplateEvent.TransactionsArrived arrived ->
                current = current.map(template ->
                        template.id() == arrived.templateId() ? template.with(arrived.transactions()) : template);
            case TemplateEvent.BlockJudged judged -> tell(judged.number(), judged.verdict());
            case TemplateEvent.Unavailable unavailable -> {
                LOG.warn("no templates to give: {}", unavailable.reason());
                current = Optional.empty();
            }
        }
        // One that breaks on it leaves meanwhile.
        List.copyOf(open).forEach(client -> client.feed(new TemplateClientInput.SourceReported(event)));
    }

    private void tell(long number, BlockVerdict verdict) {
        BlockSolution block = blocks.remove(number);
        if (block == null) {
            return;
        }
        String hash = block.hash().display();
        if (verdict.outcome() == BlockVerdict.Outcome.ACCEPTED) {
            LOG.info("block {} at height {} of {} is accepted", hash, block.height(), block.userIdentity());
        } else {
            LOG.warn(
                    "block {} at height {} of {}: {} {}",
                    hash,
                    block.height(),
                    block.userIdentity(),
                    verdict.outcome(),
                    verdict.reason());
        }
    }

    void submit(BlockSolution block) {
        LOG.info(
                "{} found block {} at height {}",
                block.userIdentity(),
                block.hash().display(),
                block.height());
        blocks.put(block.number(), block);
        if (blocks.size() > MAX_NAMED_BLOCKS) {
            blocks.remove(blocks.keySet().iterator().next());
        }
        // Behind the session's turn: the source may answer at once.
        loop.execute(() -> source.send(new TemplateCommand.SubmitBlock(block)));
    }

    /** Has the source leave what the neediest client wants, where that is not beyond all measure. */
    void reserve() {
        CoinbaseReserve most = CoinbaseReserve.NONE;
        for (TemplateClientConnection client : open) {
            CoinbaseReserve one = client.reserve();
            if (one.bytes() <= MAX_SHARED_RESERVE && one.sigops() <= MAX_SHARED_SIGOPS) {
                most = most.orMore(one);
            }
        }
        if (!most.equals(asked)) {
            asked = most;
            CoinbaseReserve wanted = most;
            loop.execute(() -> source.send(new TemplateCommand.ReserveCoinbase(wanted)));
        }
    }
}
