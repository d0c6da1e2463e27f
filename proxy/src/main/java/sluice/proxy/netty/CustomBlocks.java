package sluice.proxy.netty;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.FoundBlock;
import sluice.upstream.template.BlockVerdict;

/**
 * Blocks on jobs that clients made. The same block may come as a share and by the client's job declarator, in either order; it
 * is told of and brought to the network once. Where only the client knows the transactions it is told of and kept, and the client
 * brings it to the network. Confined to the control loop.
 */
final class CustomBlocks {
    /** Blocks that are known again; an older one that comes once more counts as another. */
    static final int MAX_REMEMBERED = 64;

    private final BlockDesk blocks;
    private final TemplateHub templates;
    private final GatewayEvents events;
    private final InstantSource clock;
    private final Deque<Hash256> remembered = new ArrayDeque<>();

    CustomBlocks(BlockDesk blocks, TemplateHub templates, GatewayEvents events, InstantSource clock) {
        this.blocks = blocks;
        this.templates = templates;
        this.events = events;
        this.clock = clock;
    }

    /** A share of a custom job that is a block. */
    void found(ForwardedShare share) {
        FoundBlock found = FoundBlock.of(share, BlockEntry.CUSTOM_JOB, clock.instant());
        found(BlockEntry.of(found, share.job().custom().orElseThrow(), share.window()));
    }

    /** A block on a custom job, whoever brings it. */
    void found(BlockEntry entry) {
        if (remembered.contains(entry.hash())) {
            blocks.foundAgain(entry.hash());
            return;
        }
        if (remembered.size() == MAX_REMEMBERED) {
            remembered.removeFirst();
        }
        remembered.addLast(entry.hash());
        Instant now = clock.instant();
        events.publish(new GatewayEvent.BlockFound(now, entry.hash(), entry.userIdentity(), entry.upstream()));
        if (entry.block().isPresent()) {
            blocks.found(inOurTerms(entry), () -> {}, verdict -> answered(entry, verdict));
        } else {
            blocks.found(entry, () -> {});
        }
    }

    /** A client that mines on the same node has the same templates, and most jobs are made of one of them. */
    private BlockEntry inOurTerms(BlockEntry entry) {
        OptionalLong template = templates.templateWith(entry.header().prevHash(), entry.merklePath());
        return template.isPresent() ? entry.ofTemplate(template.getAsLong()) : entry;
    }

    private void answered(BlockEntry entry, BlockVerdict verdict) {
        Optional<String> rejection =
                verdict.outcome() == BlockVerdict.Outcome.ACCEPTED ? Optional.empty() : Optional.of(verdict.reason());
        events.publish(new GatewayEvent.BlockAnswered(clock.instant(), entry.hash(), entry.upstream(), rejection));
    }
}
