package sluice.proxy.cli.flood;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Miners that find shares, each on a thread of its own. */
final class HonestCrowd extends Crowd {
    /** With the number of miners: connects them. Answers how many have work. */
    static final String START = "start";

    /** Answers the times of the shares since the last time, as {@link Measurements.Latency}. */
    static final String TAKE = "take";

    /** Has them find no more, waits for the last answers, and answers with all {@link Totals}. */
    static final String STOP = "stop";

    private static final int SHARE_EVERY_MILLIS = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InetSocketAddress gateway;
    private final InstantSource clock;
    private final Measurements measurements = new Measurements();
    private final List<HonestMiner> miners = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** What became of all shares. */
    record Totals(
            long submitted, long accepted, long unanswered, Map<String, Integer> refused, Map<String, Integer> lost) {}

    HonestCrowd(InetSocketAddress gateway, InstantSource clock) {
        this.gateway = gateway;
        this.clock = clock;
    }

    @Override
    Object carryOut(List<String> order) throws InterruptedException {
        return switch (order.getFirst()) {
            case START -> start(Integer.parseInt(order.get(1)));
            case TAKE -> measurements.takeLatency();
            case STOP -> stop();
            default -> throw new IllegalArgumentException("honest miners cannot " + order);
        };
    }

    private int start(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            HonestMiner miner = new HonestMiner(gateway, "honest.m" + i, SHARE_EVERY_MILLIS, measurements, clock);
            miners.add(miner);
            threads.add(Thread.ofPlatform().name("honest-" + i).daemon().start(miner));
        }
        Patience.await(PATIENCE, () -> measurements.readyMiners() == count);
        return measurements.readyMiners();
    }

    private Totals stop() throws InterruptedException {
        miners.forEach(HonestMiner::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        return new Totals(
                measurements.submittedShares(),
                measurements.acceptedShares(),
                measurements.unansweredShares(),
                measurements.refusals(),
                measurements.losses());
    }
}
