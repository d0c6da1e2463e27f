package sluice.simulation;

import java.util.Optional;
import java.util.function.Consumer;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;

/** How a simulated pool tells its verdicts: in batches, and not always the truth. */
final class PoolVerdicts {
    private static final long U32 = 0xffff_ffffL;

    private final World world;
    private final Chance chance;
    private final PoolNature nature;
    private final Consumer<Sv2Message> out;
    private long channelId;
    private long lastSequence;
    private int count;
    private boolean flushScheduled;

    PoolVerdicts(World world, Chance chance, PoolNature nature, Consumer<Sv2Message> out) {
        this.world = world;
        this.chance = chance;
        this.nature = nature;
        this.out = out;
    }

    void judged(long channel, long sequence, Optional<String> refusal, boolean lying) {
        channelId = channel;
        if (lying && !world.faults().areOver() && chance.happens(0.3)) {
            lie(sequence);
        } else if (refusal.isPresent()) {
            out.accept(new SubmitSharesError(channelId, sequence, refusal.get()));
        } else {
            accept(sequence);
        }
    }

    private void accept(long sequence) {
        lastSequence = sequence;
        count++;
        if (count >= nature.verdictBatch()) {
            flush(0);
        } else if (!flushScheduled) {
            flushScheduled = true;
            world.time().after(nature.verdictDelay(), () -> {
                flushScheduled = false;
                flush(0);
            });
        }
    }

    private void flush(int tooMany) {
        if (count > 0) {
            out.accept(new SubmitSharesSuccess(channelId, lastSequence, Math.max(0, count + tooMany), count));
            count = 0;
        }
    }

    private void lie(long sequence) {
        switch (chance.between(0, 7)) {
            case 0 -> out.accept(new SubmitSharesError(channelId, sequence, "invalid-share"));
            case 1 -> {
                accept(sequence);
                flush(chance.between(-3, 3));
            }
            case 2 -> {
                // Covered by the batch, and refused behind it.
                flushAll(sequence);
                out.accept(new SubmitSharesError(channelId, sequence, "late-refusal"));
            }
            case 3 -> {
                accept(sequence);
                flush(0);
                out.accept(new SubmitSharesError(channelId, sequence, "second-thoughts"));
            }
            case 4 -> {
                out.accept(new SubmitSharesError(channelId, sequence, "no"));
                out.accept(new SubmitSharesError(channelId, sequence, "no, no"));
            }
            case 5 -> out.accept(new SubmitSharesError(channelId, (sequence + 1_000) & U32, "never-sent"));
            case 6 -> flushAll((sequence + 1_000) & U32);
            // It simply never answers.
            default -> {}
        }
    }

    private void flushAll(long upTo) {
        out.accept(new SubmitSharesSuccess(channelId, upTo, count, count));
        count = 0;
    }
}
