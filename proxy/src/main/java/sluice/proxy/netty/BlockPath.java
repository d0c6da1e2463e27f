package sluice.proxy.netty;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** A template source that found blocks are offered to while it is open: what it says to them goes to the block desk. */
final class BlockPath implements TemplateSource {
    private final String name;
    private final TemplateSource source;
    private final BlockDesk blocks;
    private final Function<BlockSolution, Optional<BlockSolution>> inItsTerms;

    /** A path that takes every block as it is. */
    BlockPath(String name, TemplateSource source, BlockDesk blocks) {
        this(name, source, blocks, Optional::of);
    }

    /** @param inItsTerms a block as the source takes it; empty where that can do nothing with it */
    BlockPath(
            String name,
            TemplateSource source,
            BlockDesk blocks,
            Function<BlockSolution, Optional<BlockSolution>> inItsTerms) {
        this.name = name;
        this.source = source;
        this.blocks = blocks;
        this.inItsTerms = inItsTerms;
    }

    @Override
    public void start(Consumer<TemplateEvent> events) {
        source.start(event -> {
            if (event instanceof TemplateEvent.BlockJudged judged) {
                blocks.answered(name, judged.number(), judged.verdict());
            } else {
                events.accept(event);
            }
        });
        blocks.open(
                name,
                solution -> inItsTerms
                        .apply(solution)
                        .ifPresentOrElse(
                                theirs -> source.send(new TemplateCommand.SubmitBlock(theirs)),
                                () -> blocks.impossible(name, solution.number())));
    }

    @Override
    public void send(TemplateCommand command) {
        if (command instanceof TemplateCommand.Close) {
            blocks.close(name);
        }
        source.send(command);
    }
}
