package sluice.proxy.block;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

/** Brings found blocks to the network on every path there is. A pure machine, confined to the control loop. */
public final class BlockDeliveries {
    /** Blocks that nobody has taken yet; one more, and the oldest waits on the disk for the next start. */
    public static final int MAX_UNFINISHED = 64;

    /** Blocks of which late answers are still written down; of an older one they are not. */
    static final int MAX_CONCLUDED = 64;

    /** A block that nobody has taken for so long is deep below others, and offered no more. */
    public static final Duration OFFERED_FOR = Duration.ofHours(2);

    /** What becomes of a block that is offered no more without a word from anybody. */
    static final BlockVerdict NO_VERDICT = new BlockVerdict(BlockVerdict.Outcome.REJECTED, "no-verdict");

    /** What becomes of a block that no path can do anything with. */
    static final BlockVerdict NO_PATH = new BlockVerdict(BlockVerdict.Outcome.REJECTED, "no-path-takes-it");

    private final Map<Long, BlockDelivery> unfinished = new LinkedHashMap<>();
    // Other paths may have something to say of them still.
    private final Map<Long, Hash256> concluded = new LinkedHashMap<>();
    private final Set<String> paths = new LinkedHashSet<>();
    private long lastNumber;

    /** What to do about {@code input}, in order. */
    public List<DeliveryAction> on(DeliveryInput input, Instant now) {
        List<DeliveryAction> actions = new ArrayList<>();
        switch (input) {
            case DeliveryInput.Found(BlockEntry entry) -> found(entry, now, actions);
            case DeliveryInput.PathOpened(String path) -> {
                paths.add(path);
                unfinished.values().forEach(block -> block.open(path, now, actions));
            }
            case DeliveryInput.PathClosed(String path) -> {
                paths.remove(path);
                unfinished.values().forEach(block -> block.close(path));
            }
            case DeliveryInput.Answered answered -> answered(answered, now, actions);
            case DeliveryInput.Impossible(String path, long number) -> impossible(path, number, actions);
            case DeliveryInput.TimePassed() -> {
                forgetTheOld(now, actions);
                unfinished.values().forEach(block -> block.onTime(now, actions));
            }
        }
        return actions;
    }

    /** When {@link DeliveryInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        return unfinished.values().stream()
                .flatMap(block -> block.nextOffer().stream())
                .min(Comparator.naturalOrder());
    }

    /** Blocks that nobody has taken yet. */
    public int unfinished() {
        return unfinished.size();
    }

    private void found(BlockEntry entry, Instant now, List<DeliveryAction> actions) {
        Optional<BlockSolution> solution = entry.solution(lastNumber + 1);
        if (solution.isEmpty()) {
            // Only the pool whose job it is can make a block of it.
            return;
        }
        lastNumber++;
        if (unfinished.size() == MAX_UNFINISHED) {
            BlockDelivery oldest =
                    unfinished.remove(unfinished.keySet().iterator().next());
            conclude(oldest, NO_VERDICT, actions);
        }
        BlockDelivery block = new BlockDelivery(solution.get(), entry.foundAt());
        unfinished.put(lastNumber, block);
        paths.forEach(path -> block.open(path, now, actions));
    }

    private void answered(DeliveryInput.Answered answered, Instant now, List<DeliveryAction> actions) {
        Delivery delivery = new Delivery(now, answered.path(), answered.verdict());
        BlockDelivery block = unfinished.get(answered.number());
        if (block == null) {
            Hash256 known = concluded.get(answered.number());
            if (known != null) {
                actions.add(new DeliveryAction.Record(known, delivery));
            }
            return;
        }
        if (delivery.isTaken() || block.refused(answered.path(), answered.verdict())) {
            actions.add(new DeliveryAction.Record(block.solution().hash(), delivery));
        }
        if (delivery.isTaken()) {
            unfinished.remove(answered.number());
            conclude(block, answered.verdict(), actions);
        } else {
            concludeIfHopeless(block, actions);
        }
    }

    private void impossible(String path, long number, List<DeliveryAction> actions) {
        BlockDelivery block = unfinished.get(number);
        if (block != null) {
            block.impossible(path);
            concludeIfHopeless(block, actions);
        }
    }

    private void concludeIfHopeless(BlockDelivery block, List<DeliveryAction> actions) {
        if (block.isHopeless()) {
            unfinished.remove(block.solution().number());
            conclude(block, block.refusal().orElse(NO_PATH), actions);
        }
    }

    private void conclude(BlockDelivery block, BlockVerdict verdict, List<DeliveryAction> actions) {
        BlockSolution solution = block.solution();
        actions.add(new DeliveryAction.Concluded(solution.hash(), verdict));
        concluded.put(solution.number(), solution.hash());
        if (concluded.size() > MAX_CONCLUDED) {
            concluded.remove(concluded.keySet().iterator().next());
        }
    }

    private void forgetTheOld(Instant now, List<DeliveryAction> actions) {
        unfinished.values().removeIf(block -> {
            boolean old = block.isTooOld(now, OFFERED_FOR);
            if (old) {
                conclude(block, NO_VERDICT, actions);
            }
            return old;
        });
    }
}
