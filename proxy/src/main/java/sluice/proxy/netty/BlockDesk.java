package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.block.BlockDeliveries;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.block.Delivery;
import sluice.proxy.block.DeliveryAction;
import sluice.proxy.block.DeliveryInput;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

/**
 * Where found blocks are taken in: to the disk first, then offered on every path there is until one takes it. Blocks of an
 * earlier run that nobody took are offered, too. Confined to the control loop.
 */
public final class BlockDesk {
    private static final Logger LOG = LoggerFactory.getLogger(BlockDesk.class);
    /** Blocks whose finders wait for the disk or for a verdict, and finders of one; of one more the oldest is told nothing. */
    static final int MAX_WAITING = BlockDeliveries.MAX_UNFINISHED;

    private final EventLoop loop;
    private final BlockJournal journal;
    private final Executor disk;
    private final InstantSource clock;
    private final BlockDeliveries deliveries = new BlockDeliveries();
    private final Map<String, Consumer<BlockSolution>> paths = new HashMap<>();
    // A block may come by two ways at once: as a share, and from the client whose template it is.
    private final Map<Hash256, Deque<Consumer<BlockVerdict>>> waiting = new LinkedHashMap<>();
    private final Map<Hash256, Runnable> keeping = new LinkedHashMap<>();
    private ScheduledFuture<?> deadline;

    /** @param disk one thread, so that what is written in order is on the disk in order */
    public BlockDesk(EventLoop loop, BlockJournal journal, Executor disk, InstantSource clock) {
        this.loop = loop;
        this.journal = journal;
        this.disk = disk;
        this.clock = clock;
    }

    /** Takes up again what an earlier run has left unfinished. */
    void start() {
        onDisk(() -> {
            List<BlockEntry> left = new ArrayList<>(journal.unfinished(
                    clock.instant().minus(BlockDeliveries.OFFERED_FOR), BlockDeliveries.MAX_UNFINISHED));
            loop.execute(() -> left.reversed().forEach(this::resume));
        });
    }

    private void resume(BlockEntry entry) {
        if (entry.solution(0).isEmpty()) {
            LOG.warn(
                    "block {} of an earlier run has no word of {}, and only that pool can complete it",
                    entry.hash().display(),
                    entry.upstream());
        } else {
            LOG.warn(
                    "block {} of an earlier run was taken by nobody: offered again",
                    entry.hash().display());
            feed(new DeliveryInput.Found(entry));
        }
    }

    /** Takes a block in; {@code written} runs on the loop when it is on the disk, or could not be brought there. */
    void found(BlockEntry entry, Runnable written) {
        boolean accepted = onDisk(() -> {
            write(entry);
            loop.execute(() -> taken(entry, written));
        });
        if (!accepted) {
            taken(entry, written);
        }
    }

    /** As the other, for a block of a template; {@code verdict} hears what became of it. */
    void found(BlockEntry entry, Runnable written, Consumer<BlockVerdict> verdict) {
        Deque<Consumer<BlockVerdict>> finders = waiting.computeIfAbsent(entry.hash(), hash -> new ArrayDeque<>());
        finders.add(verdict);
        if (finders.size() > MAX_WAITING) {
            finders.remove();
        }
        if (waiting.size() > MAX_WAITING) {
            waiting.remove(waiting.keySet().iterator().next());
        }
        found(entry, written);
    }

    private void write(BlockEntry entry) {
        try {
            LOG.info("block {} written to {}", entry.hash().display(), journal.write(entry));
        } catch (IOException | RuntimeException e) {
            // A full disk must not cost the block itself: say so loudly and send it all the same.
            LOG.error("block {} could not be written to disk: {}", entry.hash().display(), entry, e);
        }
    }

    /** Runs {@code kept} when this block is on the disk, or could not be brought there. */
    void whenKept(Hash256 hash, Runnable kept) {
        keeping.put(hash, kept);
        if (keeping.size() > MAX_WAITING) {
            keeping.remove(keeping.keySet().iterator().next());
        }
    }

    /** A block that was handed in before has come once more: who waits for it hears when that one is on the disk. */
    void foundAgain(Hash256 hash) {
        if (!onDisk(() -> loop.execute(() -> kept(hash)))) {
            kept(hash);
        }
    }

    private void kept(Hash256 hash) {
        Runnable kept = keeping.remove(hash);
        if (kept != null) {
            kept.run();
        }
    }

    private void taken(BlockEntry entry, Runnable written) {
        kept(entry.hash());
        feed(new DeliveryInput.Found(entry));
        written.run();
    }

    /** Blocks can be brought to the network on this path; {@link #answered} is how it answers. */
    public void open(String path, Consumer<BlockSolution> offers) {
        paths.put(path, offers);
        feed(new DeliveryInput.PathOpened(path));
    }

    /** Not any more. */
    public void close(String path) {
        paths.remove(path);
        feed(new DeliveryInput.PathClosed(path));
    }

    /** What a path said to the solution with this number. */
    public void answered(String path, long number, BlockVerdict verdict) {
        feed(new DeliveryInput.Answered(path, number, verdict));
    }

    /** A path can do nothing with the solution of this number, and never will. */
    void impossible(String path, long number) {
        feed(new DeliveryInput.Impossible(path, number));
    }

    /** What an upstream that is no path said to a block that was sent to it as a share. */
    void answered(String upstream, Hash256 hash, BlockVerdict verdict) {
        record(hash, new Delivery(clock.instant(), upstream, verdict));
    }

    /** Nothing is offered any more. */
    void stop() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        paths.clear();
    }

    private void feed(DeliveryInput input) {
        for (DeliveryAction action : deliveries.on(input, clock.instant())) {
            switch (action) {
                case DeliveryAction.Offer offer -> offer(offer);
                case DeliveryAction.Record record -> record(record.hash(), record.delivery());
                case DeliveryAction.Concluded concluded -> {
                    Deque<Consumer<BlockVerdict>> finders = waiting.remove(concluded.hash());
                    if (finders != null) {
                        finders.forEach(finder -> finder.accept(concluded.verdict()));
                    }
                }
            }
        }
        scheduleDeadline();
    }

    private void offer(DeliveryAction.Offer offer) {
        Consumer<BlockSolution> path = paths.get(offer.path());
        // An answer that comes at once must not overtake the other offers.
        if (path != null) {
            loop.execute(() -> path.accept(offer.solution()));
        }
    }

    private void record(Hash256 hash, Delivery delivery) {
        if (delivery.isTaken()) {
            LOG.info(
                    "block {} taken path={} {}",
                    hash.display(),
                    delivery.path(),
                    delivery.verdict().reason());
        } else {
            LOG.error(
                    "block {} refused path={} reason={}",
                    hash.display(),
                    delivery.path(),
                    delivery.verdict().reason());
        }
        onDisk(() -> {
            try {
                journal.record(hash, delivery);
            } catch (IOException e) {
                LOG.error("what {} said to block {} could not be written to disk", delivery.path(), hash.display(), e);
            }
        });
    }

    private boolean onDisk(Runnable task) {
        try {
            disk.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            LOG.warn("the gateway is closing: nothing is written of found blocks any more");
            return false;
        }
    }

    private void scheduleDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        deliveries.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
            deadline = loop.schedule(() -> feed(new DeliveryInput.TimePassed()), millis, TimeUnit.MILLISECONDS);
        });
    }
}
