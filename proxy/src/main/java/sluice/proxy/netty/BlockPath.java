package sluice.proxy.netty;

import java.util.function.Consumer;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** A template source that found blocks are offered to while it is open: what it says to them goes to the block desk. */
final class BlockPath implements TemplateSource {
    private final String name;
    private final TemplateSource source;
    private final BlockDesk blocks;

    BlockPath(String name, TemplateSource source, BlockDesk blocks) {
        this.name = name;
        this.source = source;
        this.blocks = blocks;
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
        blocks.open(name, solution -> source.send(new TemplateCommand.SubmitBlock(solution)));
    }

    @Override
    public void send(TemplateCommand command) {
        if (command instanceof TemplateCommand.Close) {
            blocks.close(name);
        }
        source.send(command);
    }
}
