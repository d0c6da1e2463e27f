package sluice.proxy.goal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Each miner's hashrate, averaged over the last looks at it, because one estimate of a few dozen shares is mostly chance. */
final class SteadyHashrates {
    /** Looks that an average remembers; noise of 15 % becomes 3 %. */
    static final int REMEMBERED_LOOKS = 12;

    /** An estimate that differs by more than this factor is no chance: a miner started up, lost a board or died. */
    static final double JUMP = 2;

    private record Average(double hashesPerSecond, int looks) {
        Average with(double estimate) {
            if (jumps(estimate)) {
                return new Average(estimate, 1);
            }
            int counted = Math.min(looks + 1, REMEMBERED_LOOKS);
            return new Average(hashesPerSecond + (estimate - hashesPerSecond) / counted, counted);
        }

        boolean jumps(double estimate) {
            return estimate > JUMP * hashesPerSecond || hashesPerSecond > JUMP * estimate;
        }
    }

    private Map<Long, Average> averages = Map.of();

    /** Takes one estimate of each miner, and forgets the miners that are not among them. */
    void look(Collection<GoalBalancer.Miner> miners) {
        Map<Long, Average> next = HashMap.newHashMap(miners.size());
        for (GoalBalancer.Miner miner : miners) {
            Average before = averages.get(miner.connectionId());
            double estimate = miner.hashesPerSecond();
            next.put(miner.connectionId(), before == null ? new Average(estimate, 1) : before.with(estimate));
        }
        averages = next;
    }

    /** What is known about the miner, whether it was looked at or not. */
    double of(GoalBalancer.Miner miner) {
        Average average = averages.get(miner.connectionId());
        double estimate = miner.hashesPerSecond();
        return average == null || average.jumps(estimate) ? estimate : average.hashesPerSecond();
    }
}
