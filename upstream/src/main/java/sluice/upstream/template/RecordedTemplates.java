package sluice.upstream.template;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockFault;
import sluice.protocol.bitcoin.Hash256;
import tools.jackson.databind.JsonNode;

/**
 * Replays recorded {@code getblocktemplate} results in order and stays on the last. Blocks are checked in full against the
 * template in force; a recording has no chain to extend, so a good block only brings the next recorded tip sooner.
 */
public final class RecordedTemplates implements LocalTemplates {
    private final List<Template> templates;
    private final Duration pace;
    private int position;
    private Instant nextAt;
    private boolean advanceNow;

    /**
     * Reads all of {@code results} at once. Throws {@link UnusableTemplate} where one cannot be used.
     *
     * @param results at least one
     * @param pace how long each template is in force
     */
    public RecordedTemplates(List<JsonNode> results, Duration pace, Instant start) {
        if (results.isEmpty() || !pace.isPositive()) {
            throw new IllegalArgumentException("a recording has at least one template and a positive pace");
        }
        List<Template> read = new ArrayList<>(results.size());
        for (JsonNode result : results) {
            read.add(BlockTemplateReader.read(result, read.size() + 1L));
        }
        templates = List.copyOf(read);
        this.pace = pace;
        nextAt = start.plus(pace);
    }

    @Override
    public Template current() {
        return templates.get(position);
    }

    @Override
    public List<TemplateEvent> advance(Instant now) {
        List<TemplateEvent> events = new ArrayList<>();
        while (!isLast() && (advanceNow || !now.isBefore(nextAt))) {
            Hash256 before = current().tip().prevHash();
            position++;
            nextAt = advanceNow ? now.plus(pace) : nextAt.plus(pace);
            boolean newTip = !current().tip().prevHash().equals(before);
            events.add(newTip ? new TemplateEvent.NewTip(current()) : new TemplateEvent.Refreshed(current()));
            advanceNow &= !newTip;
        }
        return events;
    }

    @Override
    public Instant nextChange() {
        return isLast() ? Instant.MAX : nextAt;
    }

    @Override
    public BlockVerdict submit(Bytes raw, Instant now) {
        Block block;
        try {
            block = Block.parse(raw);
        } catch (IllegalArgumentException malformed) {
            return BlockVerdict.ofReason("Block decode failed");
        }
        Hash256 prevHash = block.header().prevHash();
        if (!prevHash.equals(current().tip().prevHash())) {
            Optional<Template> earlier = templates.subList(0, position).stream()
                    .filter(template -> template.tip().prevHash().equals(prevHash))
                    .reduce((first, last) -> last);
            return earlier.map(template -> verdict(block, template, now, BlockVerdict.inconclusive()))
                    .orElseGet(() -> BlockVerdict.ofReason(BlockFault.PREV_BLOCK_NOT_FOUND.reason(block.header())));
        }
        BlockVerdict verdict = verdict(block, current(), now, BlockVerdict.ACCEPTED);
        advanceNow |= verdict.outcome() == BlockVerdict.Outcome.ACCEPTED;
        return verdict;
    }

    private static BlockVerdict verdict(Block block, Template template, Instant now, BlockVerdict ifGood) {
        return block.fault(template.rules(now.getEpochSecond()))
                .map(fault -> BlockVerdict.ofReason(fault.reason(block.header())))
                .orElse(ifGood);
    }

    private boolean isLast() {
        return position == templates.size() - 1;
    }
}
