package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A miner that finds real shares when it is told to, with none of our code, and keeps books of all that it was given and
 * answered. Safe for any thread.
 */
abstract class WatchedMiner implements AutoCloseable {
    private static final long SHARE_INTERVAL_MILLIS = 5;
    // Far more than a search takes, so that no two begin where another went.
    private static final long NONCE_STRIDE = 1 << 16;
    private static final long MAX_NONCE = 0xffff_ffffL;

    private final String user;
    private final List<MinerWork> works = new ArrayList<>();
    private final Map<String, Integer> rejected = new TreeMap<>();
    private ScheduledExecutorService steady;
    private long searches;
    private int sent;
    private int accepted;
    private boolean over;

    WatchedMiner(String user) {
        this.user = user;
    }

    /** Searches and sends one share of {@code work}; the verdict is booked when it comes. */
    abstract void submit(MinerWork work) throws IOException;

    /** Ends the connection. */
    abstract void hangUp();

    /** The bytes of the coinbase that are this miner's own, as hex. */
    abstract String extranonce();

    String user() {
        return user;
    }

    /** All jobs so far. */
    synchronized List<MinerWork> jobs() {
        return List.copyOf(works);
    }

    /** Whether its latest job is mined on this previous block, in hex. */
    boolean isOnTip(String prevHash) {
        List<MinerWork> all = jobs();
        return !all.isEmpty() && all.getLast().prevHashHex().equals(prevHash);
    }

    /** Jobs so far that ended every earlier one. */
    int tips() {
        return (int) jobs().stream().filter(MinerWork::cleanJobs).count();
    }

    /** Waits for the first job, if there is none yet; answers the latest. */
    MinerWork awaitJob() {
        return awaitJobs(1);
    }

    /** Waits until there were so many jobs in all; answers the latest. */
    MinerWork awaitJobs(int count) {
        await(count + " jobs at " + user).until(() -> jobs().size() >= count);
        return jobs().getLast();
    }

    /** Waits until so many jobs in all ended every earlier one; answers the latest job. */
    MinerWork awaitTips(int count) {
        await(count + " tips at " + user).until(() -> tips() >= count);
        return jobs().getLast();
    }

    /** Finds so many shares of the latest job and waits until all that it ever sent is answered. */
    void mine(int count) {
        mine(awaitJob(), count);
    }

    /** Finds so many shares of this job and waits until all that it ever sent is answered. */
    void mine(MinerWork work, int count) {
        find(work, count);
        awaitVerdicts();
    }

    /** Has each of them find so many shares of its latest job and waits until all that they ever sent is answered. */
    static void mineAll(List<? extends WatchedMiner> miners, int count) {
        miners.forEach(miner -> miner.find(miner.awaitJob(), count));
        miners.forEach(WatchedMiner::awaitVerdicts);
    }

    /** Finds so many shares of this job and does not wait for their verdicts. */
    void find(MinerWork work, int count) {
        try {
            for (int i = 0; i < count; i++) {
                submit(work);
            }
        } catch (IOException gone) {
            throw new AssertionError(user + " was hung up on", gone);
        }
    }

    /** Finds shares of the latest job, one every few milliseconds, until it is told to stop. */
    synchronized void mineSteadily() {
        steady = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name(user + "-shares").factory());
        steady.scheduleWithFixedDelay(this::mineOne, 0, SHARE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void mineOne() {
        List<MinerWork> all = jobs();
        if (all.isEmpty() || isOver()) {
            return;
        }
        try {
            submit(all.getLast());
        } catch (IOException gone) {
            end();
        }
    }

    /** Finds no more and waits until all that it sent is answered. */
    void stopMining() throws InterruptedException {
        ExecutorService mining;
        synchronized (this) {
            mining = steady;
        }
        mining.shutdown();
        assertThat(mining.awaitTermination(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        awaitVerdicts();
    }

    void awaitVerdicts() {
        await("a verdict on each of the shares of " + user).until(() -> unanswered() == 0);
    }

    synchronized int sent() {
        return sent;
    }

    synchronized int accepted() {
        return accepted;
    }

    /** The gateway's words to a count. */
    synchronized Map<String, Integer> rejected() {
        return new TreeMap<>(rejected);
    }

    synchronized int unanswered() {
        return sent - accepted - rejectedInAll();
    }

    private int rejectedInAll() {
        return rejected.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Waits until so many shares have been accepted in all. */
    void awaitAccepted(int count) {
        await(count + " accepted shares of " + user).until(() -> accepted() >= count);
    }

    /** Whether somebody ended the connection. */
    synchronized boolean isOver() {
        return over;
    }

    /** Asserts that it is still connected and that no share was ever refused. */
    void assertUndisturbed() {
        assertThat(isOver()).as("%s was hung up on", user).isFalse();
        assertThat(rejected()).as("refused shares of %s", user).isEmpty();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (steady != null) {
                steady.shutdownNow();
            }
        }
        hangUp();
    }

    synchronized void given(MinerWork work) {
        works.add(work);
    }

    /** Where the next search begins. */
    synchronized long nextNonce() {
        return (++searches * NONCE_STRIDE + searches) & MAX_NONCE;
    }

    synchronized void booked() {
        sent++;
    }

    synchronized void accepted(int count) {
        accepted += count;
    }

    synchronized void rejected(String reason) {
        rejected.merge(reason, 1, Integer::sum);
    }

    synchronized void end() {
        over = true;
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
