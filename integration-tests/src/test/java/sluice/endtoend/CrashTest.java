package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Kills a gateway that mines solo at random moments around the submission of blocks. A block counts as found when its miner
 * was told so, or its entry is on the disk: each must reach the node, be it by a later run.
 */
@Timeout(1_800)
class CrashTest {
    private static final int BLOCKS_A_LIFE = 4;
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int MOST_KILLS = 200;

    @TempDir
    Path home;

    private final Random random = new Random(20_261_128);
    private final Set<String> acknowledged = new HashSet<>();
    private final Map<String, String> late = new TreeMap<>();
    private int sent;
    private int leftBehind;

    @Test
    void noBlockIsLostWhereverTheProcessIsKilled() throws Exception {
        killAndCount(12);
    }

    @Test
    @Tag("soak")
    void noBlockIsLostInTwoHundredKills() throws Exception {
        killAndCount(200);
    }

    private void killAndCount(int kills) throws Exception {
        Path blocks = home.resolve("blocks");
        try (SurvivingNode node = new SurvivingNode(random.nextLong())) {
            rehearse(node);
            Process next = spawn(blocks, node);
            int kill = 0;
            // On, until one came between disk and node: how often that is depends on the machine.
            for (; kill < kills || leftBehind == 0 && kill < MOST_KILLS; kill++) {
                Process victim = next;
                next = spawn(blocks, node);
                live(victim, node);
            }
            Set<String> found = found(blocks);
            found.addAll(acknowledged);
            assertThat(found(blocks))
                    .as("what a miner was told is on the disk: %s", late)
                    .containsAll(acknowledged);
            begin(next);
            await("every block at the node").until(() -> node.taken().containsAll(found));
            next.destroyForcibly().waitFor();
            System.out.printf(
                    "%d kills: %d blocks sent, %d acknowledged, %d on the disk, %d left to a later run, %d at the node%n",
                    kill,
                    sent,
                    acknowledged.size(),
                    found.size(),
                    leftBehind,
                    node.taken().size());
            assertThat(node.refused()).isZero();
            assertThat(acknowledged).isNotEmpty();
            assertThat(leftBehind).as("kills between disk and node").isPositive();
        }
    }

    /** A run that ends in order, and leaves its loaded classes to the others: they start in half the time then. */
    private void rehearse(SurvivingNode node) throws Exception {
        Process process = spawn("-XX:ArchiveClassesAtExit=" + archive(), home.resolve("rehearsal"), node);
        try (RawSv1Miner miner = new RawSv1Miner(begin(process))) {
            mineOne(miner, job(miner));
            acknowledged.clear();
            late.clear();
        }
        process.getOutputStream().close();
        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static SoloJob job(RawSv1Miner miner) throws IOException {
        String extranonce1 = miner.login("crash");
        return new SoloJob(miner.push("mining.notify").path("params"), extranonce1);
    }

    /** A first block in peace, so that the others find everything loaded. */
    private void mineOne(RawSv1Miner miner, SoloJob job) throws IOException {
        SoloBlock block = job.solve(0);
        miner.say(block.submit());
        sent++;
        assertThat(miner.answer(block.id()).path("result").asBoolean()).isTrue();
        acknowledged.add(block.hash());
        noteIfNotOnDisk(block, "the first of its run");
    }

    private void noteIfNotOnDisk(SoloBlock block, String when) throws IOException {
        if (!found(home.resolve("blocks")).contains(block.hash())) {
            late.put(block.hash(), when);
        }
    }

    /** One run of the gateway, with blocks, up to its end. */
    private void live(Process process, SurvivingNode node) throws Exception {
        InetSocketAddress port = begin(process);
        List<SoloBlock> blocks = new ArrayList<>();
        try (RawSv1Miner miner = new RawSv1Miner(port)) {
            SoloJob job = job(miner);
            mineOne(miner, job);
            for (int i = 1; i <= BLOCKS_A_LIFE; i++) {
                blocks.add(job.solve(i));
            }
            Thread killer = Thread.ofPlatform().start(() -> {
                LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));
                process.destroyForcibly();
            });
            submit(miner, blocks);
            killer.join();
            process.waitFor();
            hear(miner, blocks);
        }
        Set<String> atNode = node.taken();
        leftBehind += (int) found(home.resolve("blocks")).stream()
                .filter(hash -> !atNode.contains(hash))
                .count();
    }

    private void submit(RawSv1Miner miner, List<SoloBlock> blocks) {
        try {
            for (SoloBlock block : blocks) {
                miner.say(block.submit());
                sent++;
                LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(5)));
            }
        } catch (IOException killed) {
            assertThat(killed).isNotNull();
        }
    }

    /** What the process said before it died. */
    private void hear(RawSv1Miner miner, List<SoloBlock> blocks) throws IOException {
        for (JsonNode line : miner.hearWhatIsLeft()) {
            for (SoloBlock block : blocks) {
                if (line.path("id").asInt() == block.id() && line.path("result").asBoolean()) {
                    acknowledged.add(block.hash());
                    noteIfNotOnDisk(block, "number " + block.id() + " of its run");
                }
            }
        }
    }

    private static Set<String> found(Path blocks) throws IOException {
        if (!Files.exists(blocks)) {
            return new HashSet<>();
        }
        try (Stream<Path> files = Files.list(blocks)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    private Path archive() {
        return home.resolve("classes.jsa");
    }

    private Process spawn(Path blocks, SurvivingNode node) throws IOException {
        return spawn("-XX:SharedArchiveFile=" + archive(), blocks, node);
    }

    private Process spawn(String classes, Path blocks, SurvivingNode node) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        classes,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashedGateway.class.getName(),
                        blocks.toString(),
                        node.url().toString())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(home.resolve("err").toFile()))
                .start();
    }

    private InetSocketAddress begin(Process process) throws IOException {
        process.outputWriter(StandardCharsets.US_ASCII).append("begin\n").flush();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String port = out.readLine();
        while (port != null && !port.matches("\\d+")) {
            port = out.readLine();
        }
        assertThat(port)
                .as("the port: %s", Files.readString(home.resolve("err")))
                .isNotNull();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    }
}
