package sluice.proxy.netty;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.proxy.block.BlockEntry;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** The gateway's templates for clients of its template port, whose blocks go over the block desk like its own. Confined to the control loop. */
final class DeskTemplates implements TemplateSource {
    /** Stands for an upstream in blocks that a client of the template port found. */
    static final String TEMPLATE_CLIENT = "template-client";
    /** Templates whose merkle path is known still when a block on them comes; the oldest gives way. */
    static final int MAX_TEMPLATES = 64;

    private final TemplateSource templates;
    private final BlockDesk blocks;
    private final InstantSource clock;
    private final Map<Long, MerklePath> paths = new LinkedHashMap<>();
    private Consumer<TemplateEvent> events = event -> {};

    DeskTemplates(TemplateSource templates, BlockDesk blocks, InstantSource clock) {
        this.templates = templates;
        this.blocks = blocks;
        this.clock = clock;
    }

    @Override
    public void start(Consumer<TemplateEvent> to) {
        events = to;
        templates.start(event -> {
            switch (event) {
                case TemplateEvent.NewTip(Template template) -> remember(template);
                case TemplateEvent.Refreshed(Template template) -> remember(template);
                case TemplateEvent.TransactionsArrived arrived -> {}
                case TemplateEvent.BlockJudged judged -> {}
                case TemplateEvent.Unavailable unavailable -> {}
            }
            events.accept(event);
        });
    }

    private void remember(Template template) {
        paths.put(template.id(), template.merklePath());
        if (paths.size() > MAX_TEMPLATES) {
            paths.remove(paths.keySet().iterator().next());
        }
    }

    @Override
    public void send(TemplateCommand command) {
        if (command instanceof TemplateCommand.SubmitBlock(BlockSolution solution)) {
            blocks.found(
                    BlockEntry.of(solution, path(solution), TEMPLATE_CLIENT, clock.instant()),
                    () -> {},
                    verdict -> events.accept(new TemplateEvent.BlockJudged(solution.number(), verdict)));
        } else {
            templates.send(command);
        }
    }

    /** A whole block says itself what is in it, and a client may have been given less than the template has. */
    private List<Hash256> path(BlockSolution solution) {
        return solution.block().isPresent()
                ? List.of()
                : paths.getOrDefault(solution.templateId(), MerklePath.EMPTY).siblings();
    }
}
