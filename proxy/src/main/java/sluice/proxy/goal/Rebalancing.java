package sluice.proxy.goal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sluice.proxy.goal.GoalBalancer.Move;
import sluice.proxy.goal.GoalLoad.Candidate;

/** One look at the split: which miners move from goals with too much to goals with too little, largest first. */
final class Rebalancing {
    /**
     * The part of the moved hashrate that must put the split right; the rest overshoots. At one half, a move needs a
     * goal that is off by three quarters of the miner and leaves it off by one quarter, so noise does not send it back.
     */
    static final double USEFUL_PART = 0.5;

    /** Two miners are swapped only where the smaller one lacks this part of the larger one: noise alone looks like less. */
    static final double CLEARLY_SMALLER = 0.3;

    /** A swap disturbs two miners, so it takes so many tolerances; with fewer, small farms swap to and fro with the noise. */
    static final double SWAP_TOLERANCES = 1.5;

    /** Goals are moved this part of the tolerance near to their targets, so that the next noise does not reach the tolerance. */
    static final double SETTLED = 0.5;

    private final List<GoalLoad> loads;
    private final double tolerated;
    private final int mostMoves;
    private final Set<String> returning;
    private final Set<String> off = new HashSet<>();
    private final List<Move> moves = new ArrayList<>();
    private int counted;

    private record Pair(GoalLoad from, GoalLoad to) {
        /** What fits both: more would overshoot at one of them. */
        double wanted() {
            return Math.min(from.surplus(), to.lack());
        }

        boolean worthwhile(double hashrate) {
            double use = Math.min(Math.min(hashrate, wanted()), from.surplus() + to.lack() - hashrate);
            return use > 0 && use >= USEFUL_PART * hashrate;
        }
    }

    private record Swap(Candidate there, Candidate back) {
        double hashrate() {
            return there.hashesPerSecond() - back.hashesPerSecond();
        }
    }

    /**
     * @param tolerated by how much hashrate a goal may be off
     * @param returning names of goals that were out of use: what they lack is moved in one go
     * @param unfinished names of goals that the last look left unfinished
     */
    Rebalancing(List<GoalLoad> loads, double tolerated, int mostMoves, Set<String> returning, Set<String> unfinished) {
        this.loads = loads;
        this.tolerated = tolerated;
        this.mostMoves = mostMoves;
        this.returning = Set.copyOf(returning);
        for (GoalLoad load : loads) {
            if (load.surplus() > tolerated || lacks(load) || unfinished.contains(load.name())) {
                off.add(load.name());
            }
        }
    }

    /** Whether a goal has too little: a small goal also where it has less than half of what it should. */
    boolean lacks(GoalLoad load) {
        return load.lack() > toleratedLack(load);
    }

    private double toleratedLack(GoalLoad load) {
        return Math.min(tolerated, load.target() / 2);
    }

    List<Move> moves() {
        boolean moved = !off.isEmpty();
        while (moved) {
            moved = moveOne();
        }
        swapOne();
        return List.copyOf(moves);
    }

    /** Goals that the bound of moves kept from settling: tolerance alone would leave them half done. */
    Set<String> unfinished() {
        return counted < mostMoves
                ? Set.of()
                : loads.stream()
                        .filter(load -> tooMuch(load) || tooLittle(load))
                        .map(GoalLoad::name)
                        .collect(Collectors.toSet());
    }

    private boolean moveOne() {
        for (Pair pair : pairs()) {
            Optional<Candidate> candidate = bestFit(pair);
            if (candidate.isPresent() && (counted < mostMoves || isReturning(pair.to()))) {
                move(candidate.get(), pair.from(), pair.to());
                return true;
            }
        }
        return false;
    }

    /** Where every single miner is too large for what is off, two of different size may do. */
    private void swapOne() {
        for (Pair pair : pairs()) {
            boolean farOff = Math.max(pair.from().surplus(), pair.to().lack()) > SWAP_TOLERANCES * tolerated;
            Optional<Swap> swap = farOff && counted + 2 <= mostMoves ? bestSwap(pair) : Optional.empty();
            if (swap.isPresent()) {
                move(swap.get().there(), pair.from(), pair.to());
                move(swap.get().back(), pair.to(), pair.from());
                return;
            }
        }
    }

    /** Goals with too much and goals with too little, the farthest off first; at least one of the two has to be put right. */
    private List<Pair> pairs() {
        List<GoalLoad> laden = loads.stream()
                .filter(load -> load.surplus() > 0 && !load.movable().isEmpty())
                .sorted(GoalLoad.MOST_LADEN)
                .toList();
        List<GoalLoad> lacking = loads.stream()
                .filter(load -> load.lack() > 0)
                .sorted(GoalLoad.MOST_LACKING)
                .toList();
        List<Pair> pairs = new ArrayList<>();
        for (GoalLoad from : laden) {
            for (GoalLoad to : lacking) {
                if (tooMuch(from) || tooLittle(to)) {
                    pairs.add(new Pair(from, to));
                }
            }
        }
        return pairs;
    }

    private boolean tooMuch(GoalLoad load) {
        return off.contains(load.name()) && load.surplus() > SETTLED * tolerated;
    }

    private boolean tooLittle(GoalLoad load) {
        return off.contains(load.name()) && load.lack() > SETTLED * toleratedLack(load);
    }

    private static Optional<Candidate> bestFit(Pair pair) {
        double wanted = pair.wanted();
        NavigableSet<Candidate> movable = pair.from().movable();
        Candidate below = movable.floor(new Candidate(wanted, Long.MAX_VALUE));
        Candidate above = movable.higher(new Candidate(wanted, Long.MAX_VALUE));
        if (below != null) {
            // Of miners alike the one with the lowest connection id.
            below = movable.ceiling(new Candidate(below.hashesPerSecond(), Long.MIN_VALUE));
        }
        boolean nearerAbove = above != null
                && pair.worthwhile(above.hashesPerSecond())
                && (below == null || above.hashesPerSecond() - wanted < wanted - below.hashesPerSecond());
        return Optional.ofNullable(nearerAbove ? above : below);
    }

    /** Walks up both goals' miners at once: the larger the one that leaves, the larger the one that comes back. */
    private static Optional<Swap> bestSwap(Pair pair) {
        List<Candidate> back = List.copyOf(pair.to().movable());
        double wanted = pair.wanted();
        Swap best = null;
        int index = 0;
        for (Candidate there : pair.from().movable()) {
            while (index < back.size()
                    && there.hashesPerSecond() - back.get(index).hashesPerSecond() > wanted) {
                index++;
            }
            for (int near = Math.max(0, index - 1); near <= index && near < back.size(); near++) {
                Swap swap = new Swap(there, back.get(near));
                if (swap.hashrate() >= CLEARLY_SMALLER * there.hashesPerSecond()
                        && pair.worthwhile(swap.hashrate())
                        && (best == null || Math.abs(swap.hashrate() - wanted) < Math.abs(best.hashrate() - wanted))) {
                    best = swap;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean isReturning(GoalLoad load) {
        return returning.contains(load.name());
    }

    private void move(Candidate candidate, GoalLoad from, GoalLoad to) {
        from.remove(candidate);
        to.add(candidate.hashesPerSecond());
        moves.add(new Move(candidate.connectionId(), from.name(), to.name()));
        if (!isReturning(to)) {
            counted++;
        }
    }
}
