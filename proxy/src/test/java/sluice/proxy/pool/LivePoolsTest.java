package sluice.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.ConfigLoader;
import sluice.config.ConfigResult;
import sluice.config.ConfigResult.Loaded;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.config.PoolsReader;
import sluice.config.RoutingConfig;
import sluice.proxy.pool.PoolsInForce.Origin;
import sluice.proxy.pool.PoolsOutcome.Applied;
import sluice.proxy.pool.PoolsOutcome.Rejected;

class LivePoolsTest {
    @TempDir
    private Path home;

    private SteeredGateway gateway;
    private LivePools pools;

    @BeforeEach
    void start() throws IOException {
        operatorWrites(upstream("main"));
        restart();
    }

    @Test
    void theFilesPoolsAreTheFirstRevision() {
        assertThat(pools.inForce())
                .isEqualTo(new PoolsInForce(1, "run-1", operators().routing(), Origin.FILE));
    }

    @Test
    void whatIsAppliedIsTheNextRevisionAndARestartFindsIt() {
        Applied applied = applied(change(upstream("other")));

        assertThat(applied.kept()).isTrue();
        assertThat(applied.now()).isEqualTo(pools.inForce());
        assertThat(pools.inForce().revision()).isEqualTo(2);
        assertThat(pools.inForce().origin()).isEqualTo(Origin.API);
        restart();
        assertThat(hosts()).containsExactly("other.example.com");
        assertThat(pools.inForce().origin()).isEqualTo(Origin.API);
    }

    @Test
    void theSameAgainIsNoNewRevisionAndTouchesNothing() {
        change(upstream("other"));
        assertThat(applied(change(upstream("other"))).now().revision()).isEqualTo(2);
        assertThat(gateway.asked()).hasSize(1);
    }

    @Test
    void thePoolsOfTheFileSentByTheApiOutliveTheFile() {
        applied(change(upstream("main")));

        assertThat(gateway.asked()).isEmpty();
        assertThat(pools.inForce().origin()).isEqualTo(Origin.API);
        assertThat(pools.inForce().revision()).as("nothing was applied").isEqualTo(1);
    }

    @Test
    void aPoolThatIsNotToBeHadChangesNothing() {
        change(upstream("other"));

        assertThat(change(upstream("dead"))).isEqualTo(new Rejected("connect", "dead", List.of("nobody answers")));
        assertThat(pools.inForce().revision()).isEqualTo(2);
        restart();
        assertThat(hosts()).containsExactly("other.example.com");
    }

    @Test
    void aMistakeGoesNoFurtherThanTheReaders() {
        assertThat(change("[[upstream]]\nname = \"a\"\nurl = \"stratum+ssl://a.example.com\"\nuser = 5\n"))
                .isEqualTo(new Rejected(
                        "validate", "", List.of("upstream.a.user is a whole number; write a user name in quotes")));
        assertThat(gateway.asked()).isEmpty();
    }

    @Test
    void aDryRunSaysWhatWouldBeAndChangesNothing() {
        PoolsOutcome outcome = now(pools.change(edit(upstream("dead")), Optional.empty(), true));

        assertThat(outcome).isEqualTo(new PoolsOutcome.Valid(pools.inForce(), List.of()));
        assertThat(pools.inForce().revision()).isEqualTo(1);
    }

    @Test
    void whatCannotBeWrittenDownIsNotBegun() throws IOException {
        Files.createDirectories(home.resolve("data"));
        Files.writeString(home.resolve("data/api"), "no directory");

        assertThat(((Rejected) change(upstream("other"))).step()).isEqualTo("store");
        assertThat(gateway.asked()).isEmpty();
    }

    @Test
    void ofTwoWhoSawTheSameTheSecondIsTold() {
        Optional<String> seen = Optional.of(pools.inForce().tag());
        PoolsOutcome first = now(pools.change(edit(upstream("one")), seen, false));
        PoolsOutcome second = now(pools.change(edit(upstream("two")), seen, false));

        assertThat(first).isInstanceOf(Applied.class);
        assertThat(second).isEqualTo(new PoolsOutcome.Outdated(pools.inForce()));
        assertThat(hosts()).containsExactly("one.example.com");
    }

    @Test
    void anActivationIsARevisionToo() {
        Applied applied = applied(now(pools.activate("default", Optional.of("main"), Optional.of("run-1"))));

        assertThat(applied.now().tag()).isEqualTo("run-2");
        assertThat(applied.kept()).isFalse();
        assertThat(gateway.asked()).containsExactly("activate default main");
        assertThat(now(pools.activate("default", Optional.empty(), Optional.of("run-1"))))
                .isInstanceOf(PoolsOutcome.Outdated.class);
    }

    @Test
    void anEditOfTheFilesPoolsWinsForGood() throws IOException {
        change(upstream("other"));
        operatorWrites(upstream("main") + upstream("third"));
        reload();

        assertThat(hosts()).containsExactly("main.example.com", "third.example.com");
        assertThat(pools.inForce().origin()).isEqualTo(Origin.FILE);
        assertThat(pools.inForce().revision()).isEqualTo(3);
        operatorWrites(upstream("main"));
        reload();
        restart();
        assertThat(hosts()).containsExactly("main.example.com");
    }

    @Test
    void anEditOfSomethingElseLeavesThePoolsOfTheApi() throws IOException {
        change(upstream("other"));
        operatorWrites(upstream("main") + "[vardiff]\nshares_per_minute = 20\n");
        reload();

        assertThat(hosts()).containsExactly("other.example.com");
        assertThat(gateway.inForce().vardiff().sharesPerMinute()).isEqualTo(20);
        assertThat(pools.inForce().revision()).isEqualTo(2);
    }

    @Test
    void anEditOfTheFileThatCouldNotBeAppliedLeavesWhosePoolsTheyAre() throws IOException {
        operatorWrites(upstream("dead"));
        pools.beside(read());
        pools.settle();
        assertThat(pools.inForce().origin()).isEqualTo(Origin.FILE);

        change(upstream("other"));
        restart();
        assertThat(hosts()).as("the later of the two").containsExactly("other.example.com");
    }

    @Test
    void noMoreWaitThanTheQueueTakes() {
        Queue<Runnable> turns = new ArrayDeque<>();
        pools = new LivePools(gateway, kept(), operators(), "run", turns::add, Runnable::run);
        List<CompletionStage<PoolsOutcome>> asked = IntStream.rangeClosed(0, LivePools.MAX_WAITING)
                .mapToObj(i -> pools.change(edit(upstream("p" + i)), Optional.empty(), false))
                .toList();

        assertThat(now(asked.getLast())).isEqualTo(new PoolsOutcome.Busy());
        turns.forEach(Runnable::run);
        assertThat(asked.subList(0, LivePools.MAX_WAITING))
                .allSatisfy(outcome -> assertThat(now(outcome)).isInstanceOf(Applied.class));
        assertThat(hosts()).containsExactly("p15.example.com");
    }

    @Test
    void afterAThousandWritesOfAllKindsTheLastAcceptedOneHolds() throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
        RoutingConfig expected = pools.inForce().routing();
        int accepted = 0;
        for (int i = 0; i < 1_000; i++) {
            String text = switch (random.nextInt(5)) {
                case 0 -> upstream("dead");
                case 1 -> upstream("a b");
                case 2 -> upstream("p" + i) + upstream("p" + i);
                default -> upstream("p" + random.nextInt(40)) + upstream("q" + random.nextInt(40));
            };
            Optional<String> tag = random.nextInt(3) == 0
                    ? Optional.of("run-" + (pools.inForce().revision() - random.nextInt(2)))
                    : Optional.empty();
            long before = pools.inForce().revision();
            PoolsOutcome outcome = now(pools.change(edit(text), tag, random.nextInt(10) == 0));
            if (outcome instanceof Applied applied) {
                expected = applied.now().routing();
                accepted++;
            } else {
                assertThat(pools.inForce().revision()).isEqualTo(before);
            }
            assertThat(pools.inForce().routing()).isEqualTo(expected);
            assertThat(gateway.inForce().routing()).isEqualTo(expected);
            if (i % 50 == 0) {
                restart();
                assertThat(pools.inForce().routing()).isEqualTo(expected);
            }
        }
        assertThat(accepted).isBetween(200, 800);
    }

    /** What a start does: the file, the kept pools beside it, the gateway. */
    private void restart() {
        gateway = new SteeredGateway(
                kept().over(new Loaded(operators(), List.of())).config());
        pools = new LivePools(gateway, kept(), operators(), "run", Runnable::run, Runnable::run);
        pools.settle();
    }

    private void reload() {
        gateway.reloaded(((Loaded) pools.beside(read())).config());
        pools.settle();
    }

    private KeptPools kept() {
        return KeptPools.in(home.resolve("data"));
    }

    private GatewayConfig operators() {
        return ((Loaded) read()).config();
    }

    private ConfigResult read() {
        return ConfigLoader.load(home.resolve("sluice.toml"), Map.of());
    }

    private void operatorWrites(String text) throws IOException {
        Files.writeString(home.resolve("sluice.toml"), text);
    }

    private PoolsOutcome change(String text) {
        return now(pools.change(edit(text), Optional.empty(), false));
    }

    private static PoolsEdit edit(String text) {
        return inForce -> PoolsReader.read(text, inForce);
    }

    private static PoolsOutcome now(CompletionStage<PoolsOutcome> outcome) {
        CompletableFuture<PoolsOutcome> done = outcome.toCompletableFuture();
        assertThat(done).isDone();
        return done.join();
    }

    private static Applied applied(PoolsOutcome outcome) {
        assertThat(outcome).isInstanceOf(Applied.class);
        return (Applied) outcome;
    }

    private List<String> hosts() {
        assertThat(gateway.inForce().routing()).isEqualTo(pools.inForce().routing());
        return pools.inForce().routing().upstreams().stream()
                .map(upstream -> upstream.pool().address().host())
                .toList();
    }

    private static String upstream(String name) {
        return """
                [[upstream]]
                name = "%1$s"
                url = "stratum+ssl://%1$s.example.com:443"
                user = "farm"
                """.formatted(name);
    }
}
