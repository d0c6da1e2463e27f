package sluice.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.admission.Refusal.ACCEPT_RATE;
import static sluice.proxy.admission.Refusal.ACCEPT_RATE_OF_ADDRESS;
import static sluice.proxy.admission.Refusal.ADDRESS_BANNED;
import static sluice.proxy.admission.Refusal.ADDRESS_DENIED;
import static sluice.proxy.admission.Refusal.TOO_MANY_CONNECTIONS;
import static sluice.proxy.admission.Refusal.TOO_MANY_CONNECTIONS_FROM_ADDRESS;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.config.AddressFilter;
import sluice.config.AddressRange;
import sluice.config.LimitsConfig;

class AdmissionTest {
    private static final Instant START = Instant.parse("2026-11-28T00:00:00Z");
    private static final LimitsConfig GENEROUS =
            LimitsConfig.DEFAULT.withMaxConnections(1_000_000, 1_000_000).withAcceptRates(1_000_000, 1_000_000);

    private Instant now = START;
    private Admission admission = new Admission(GENEROUS);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static InetAddress numbered(int number) {
        return address("10." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff));
    }

    /** Connects; empty if it may stay. */
    private Optional<Refusal> connect(Visitor visitor, InetAddress from) {
        Optional<Refusal> refusal = visitor.open();
        return refusal.isPresent() ? refusal : visitor.admit(from, AddressFilter.NONE, now);
    }

    private Visitor connected(String from) {
        Visitor visitor = admission.visitor();
        assertThat(connect(visitor, address(from))).isEmpty();
        return visitor;
    }

    private Optional<Refusal> tried(String from) {
        Visitor visitor = admission.visitor();
        Optional<Refusal> refusal = connect(visitor, address(from));
        visitor.close(now);
        return refusal;
    }

    private void after(Duration time) {
        now = now.plus(time);
    }

    @Test
    void oneConnectionTooManyIsRefusedUntilAnotherCloses() {
        admission = new Admission(GENEROUS.withMaxConnections(2, 2));
        Visitor first = connected("10.0.0.1");
        connected("10.0.0.2");

        assertThat(tried("10.0.0.3")).contains(TOO_MANY_CONNECTIONS);
        assertThat(admission.places()).isEqualTo(2);
        first.close(now);
        first.close(now);
        assertThat(tried("10.0.0.3")).isEmpty();
        assertThat(admission.places()).isEqualTo(1);
    }

    @Test
    void anAddressHasItsOwnBoundAndOthersAreNotConcerned() {
        admission = new Admission(GENEROUS.withMaxConnections(100, 2));
        Visitor first = connected("10.0.0.1");
        connected("::ffff:10.0.0.1");

        assertThat(tried("10.0.0.1")).contains(TOO_MANY_CONNECTIONS_FROM_ADDRESS);
        assertThat(tried("10.0.0.2")).isEmpty();
        first.close(now);
        assertThat(tried("10.0.0.1")).isEmpty();
    }

    @Test
    void aWhole64OfIpv6IsOneAddress() {
        admission = new Admission(GENEROUS.withMaxConnections(100, 1));
        connected("2001:db8:0:1::1");

        assertThat(tried("2001:db8:0:1:ffff::2")).contains(TOO_MANY_CONNECTIONS_FROM_ADDRESS);
        assertThat(tried("2001:db8:0:2::1")).isEmpty();
        assertThat(tried("::1")).isEmpty();
    }

    @Test
    void anAddressGetsInAtItsRateAndIsNotInTheWayOfOthers() {
        admission = new Admission(GENEROUS.withAcceptRates(1_000_000, 10));
        List<Optional<Refusal>> atOnce =
                IntStream.range(0, 60).mapToObj(i -> tried("10.0.0.1")).toList();

        assertThat(atOnce.subList(0, 10 * Admission.BURST_SECONDS)).allMatch(Optional::isEmpty);
        assertThat(atOnce.subList(10 * Admission.BURST_SECONDS, 60))
                .allMatch(refusal -> refusal.equals(Optional.of(ACCEPT_RATE_OF_ADDRESS)));
        assertThat(tried("10.0.0.2")).isEmpty();
        after(Duration.ofMillis(100));
        assertThat(tried("10.0.0.1")).isEmpty();
        assertThat(tried("10.0.0.1")).contains(ACCEPT_RATE_OF_ADDRESS);
    }

    @Test
    void allTogetherGetInAtTheRateOfTheGateway() {
        admission = new Admission(GENEROUS.withAcceptRates(10, 1_000));
        long in = IntStream.range(0, 100)
                .filter(i -> tried("10.0.0." + i).isEmpty())
                .count();

        assertThat(in).isEqualTo(10 * Admission.BURST_SECONDS);
        assertThat(tried("10.0.0.200")).contains(ACCEPT_RATE);
        after(Duration.ofMillis(100));
        assertThat(tried("10.0.0.200")).isEmpty();
    }

    @Test
    void aClockThatIsPutBackShutsNobodyOut() {
        admission = new Admission(GENEROUS.withAcceptRates(10, 10).withBans(1, Duration.ofMinutes(10)));
        Visitor banned = connected("10.0.0.2");
        banned.offend(now);
        assertThat(banned.offend(now)).isPresent();
        IntStream.range(0, 100).forEach(i -> tried("10.0.0.1"));
        after(Duration.ofHours(-5));

        assertThat(tried("10.0.0.1")).isEmpty();
        assertThat(tried("10.0.0.2")).isEmpty();
    }

    @Test
    void tenThousandMachinesThatComeBackFromAPowerCutAreInWithinAMinute() {
        admission = new Admission(LimitsConfig.DEFAULT);
        SplittableRandom random = new SplittableRandom(1);
        long[] next = IntStream.range(0, 10_000)
                .mapToLong(i -> random.nextLong(3_000))
                .toArray();
        int in = 0;
        // Firmware that is refused tries again after some 5 to 15 seconds, at the latest.
        for (long millis = 0; millis < 60_000 && in < next.length; millis++) {
            now = START.plusMillis(millis);
            for (int machine = 0; machine < next.length; machine++) {
                if (next[machine] == millis) {
                    if (connect(admission.visitor(), numbered(machine)).isEmpty()) {
                        in++;
                    } else {
                        next[machine] = millis + 5_000 + random.nextLong(10_000);
                    }
                }
            }
        }
        assertThat(in).isEqualTo(next.length);
        assertThat(now).isBefore(START.plusSeconds(30));
    }

    @Test
    void aFloodFromOneAddressLeavesTheRateToOthers() {
        admission = new Admission(LimitsConfig.DEFAULT);
        int honest = 0;
        for (int millis = 0; millis < 20_000; millis++) {
            now = START.plusMillis(millis);
            for (int i = 0; i < 10; i++) {
                tried("203.0.113.9");
            }
            honest += millis % 10 == 0
                            && connect(admission.visitor(), numbered(millis)).isEmpty()
                    ? 1
                    : 0;
        }
        assertThat(honest).as("a hundred a second, all of them").isEqualTo(2_000);
    }

    @Test
    void onlyWhoIsAllowedGetsInAndNobodyWhoIsDenied() {
        AddressFilter filter = new AddressFilter(
                List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("2001:db8::/32")),
                List.of(AddressRange.parse("10.0.0.7")));

        assertThat(admission.visitor().admit(address("10.1.2.3"), filter, now)).isEmpty();
        assertThat(admission.visitor().admit(address("2001:db8::7"), filter, now))
                .isEmpty();
        assertThat(admission.visitor().admit(address("10.0.0.7"), filter, now)).contains(ADDRESS_DENIED);
        assertThat(admission.visitor().admit(address("::ffff:10.0.0.7"), filter, now))
                .contains(ADDRESS_DENIED);
        assertThat(admission.visitor().admit(address("192.0.2.1"), filter, now)).contains(ADDRESS_DENIED);
    }

    @Test
    void enoughOffencesBanAnAddressForAWhile() {
        admission = new Admission(GENEROUS.withBans(3, Duration.ofMinutes(10)));

        assertThat(offendOnce("10.0.0.1")).isEmpty();
        assertThat(offendOnce("10.0.0.1")).isEmpty();
        assertThat(offendOnce("10.0.0.1")).isEmpty();
        assertThat(offendOnce("10.0.0.1"))
                .as("one is allowed more while it is connected")
                .contains(now.plus(Duration.ofMinutes(10)));
        assertThat(tried("10.0.0.1")).contains(ADDRESS_BANNED);
        assertThat(tried("10.0.0.2")).isEmpty();
        after(Duration.ofMinutes(10));
        assertThat(tried("10.0.0.1")).isEmpty();
        assertThat(offendOnce("10.0.0.1")).as("it starts afresh").isEmpty();
    }

    private Optional<Instant> offendOnce(String from) {
        Visitor visitor = connected(from);
        Optional<Instant> ban = visitor.offend(now).map(Ban::until);
        visitor.close(now);
        return ban;
    }

    @Test
    void whoeverCameBeforeTheBanAndOffendsAgainFallsUnderIt() {
        admission = new Admission(GENEROUS.withBans(1, Duration.ofMinutes(10)));
        Visitor first = connected("10.0.0.1");
        Visitor second = connected("10.0.0.1");
        Instant until = now.plus(Duration.ofMinutes(10));

        assertThat(first.offend(now)).isEmpty();
        assertThat(first.offend(now)).isEmpty();
        assertThat(first.offend(now)).contains(new Ban(until, true));
        after(Duration.ofMinutes(9));
        assertThat(second.offend(now)).contains(new Ban(until, false));
        after(Duration.ofMinutes(1));
        assertThat(second.offend(now)).isEmpty();
    }

    @Test
    void offencesFade() {
        admission = new Admission(GENEROUS.withBans(2, Duration.ofMinutes(10)));
        for (int i = 0; i < 100; i++) {
            assertThat(offendOnce("10.0.0.1")).isEmpty();
            after(Admission.OFFENCE_FADES);
        }
    }

    @Test
    void nobodyIsBannedWhereTheBanTimeIsZero() {
        admission = new Admission(GENEROUS.withBans(1, Duration.ZERO));
        for (int i = 0; i < 100; i++) {
            assertThat(offendOnce("10.0.0.1")).isEmpty();
        }
    }

    @Test
    void anAddressFromWhichWorkComesIsNotBannedForTheOneBrokenMachineBehindIt() {
        admission = new Admission(GENEROUS.withBans(1, Duration.ofMinutes(10)));
        Visitor miner = connected("10.0.0.1");
        miner.prove(now);
        miner.prove(now);
        for (int i = 0; i < 100; i++) {
            assertThat(offendOnce("10.0.0.1")).isEmpty();
        }
        miner.close(now);
        after(Admission.STANDING.minusSeconds(1));
        assertThat(offendOnce("10.0.0.1"))
                .as("they may all be on their way back")
                .isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(offendOnce("10.0.0.1")).isEmpty();
        assertThat(offendOnce("10.0.0.1")).isPresent();
    }

    @Test
    void manyConnectionsOfOneAddressAllowManyOffences() {
        admission = new Admission(GENEROUS.withBans(1, Duration.ofMinutes(10)));
        List<Visitor> miners =
                IntStream.range(0, 50).mapToObj(i -> connected("10.0.0.1")).toList();
        for (int i = 0; i < miners.size(); i++) {
            assertThat(miners.getFirst().offend(now)).isEmpty();
        }
        assertThat(miners.getFirst().offend(now)).isPresent();
    }

    @Test
    void addressesWithoutAConnectionAreForgottenBeyondTheBoundAndOthersAreNot() {
        int bound = 100;
        admission = new Admission(GENEROUS.withMaxConnections(10_000, 1), bound);
        List<Visitor> held = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Visitor visitor = admission.visitor();
            assertThat(connect(visitor, numbered(i))).isEmpty();
            held.add(visitor);
        }
        for (int i = 1_000; i < 3_000; i++) {
            Visitor visitor = admission.visitor();
            assertThat(connect(visitor, numbered(i))).isEmpty();
            visitor.offend(now);
            visitor.close(now);
        }
        assertThat(admission.remembered()).isEqualTo(held.size() + bound);
        for (int i = 0; i < 500; i++) {
            assertThat(connect(admission.visitor(), numbered(i))).contains(TOO_MANY_CONNECTIONS_FROM_ADDRESS);
        }
    }

    @Test
    void whatLeftNothingBehindIsForgottenAtOnce() {
        for (int i = 0; i < 100; i++) {
            Visitor visitor = admission.visitor();
            connect(visitor, numbered(i));
            after(Duration.ofSeconds(1));
            visitor.close(now);
        }
        assertThat(admission.remembered()).isZero();
    }

    @Test
    void severalLoopsCountTogetherToTheVeryBound() throws InterruptedException {
        admission = new Admission(GENEROUS.withMaxConnections(1_000, 700));
        AtomicInteger in = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> loops = IntStream.range(0, 4)
                .mapToObj(loop -> Thread.ofPlatform().start(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    for (int i = 0; i < 5_000; i++) {
                        Visitor visitor = admission.visitor();
                        if (connect(visitor, address("10.0.0.1")).isEmpty()) {
                            in.incrementAndGet();
                        } else {
                            visitor.close(now);
                        }
                    }
                }))
                .toList();
        go.countDown();
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(in).hasValue(700);
        assertThat(admission.places()).isEqualTo(700);
    }

    @Test
    void refusalsAreTalliedUntilTheyAreReported() {
        RefusalTally tally = new RefusalTally();
        assertThat(tally.add(ACCEPT_RATE, Optional.of(address("10.0.0.1")))).isTrue();
        assertThat(tally.add(ACCEPT_RATE, Optional.of(address("10.0.0.2")))).isFalse();
        assertThat(tally.add(ADDRESS_DENIED, Optional.empty())).isFalse();

        List<String> reported = new ArrayList<>();
        tally.drain((refusal, refused) -> reported.add(refusal.reason() + " " + refused.count() + " "
                + refused.latest().map(InetAddress::getHostAddress).orElse("?")));
        assertThat(reported).containsExactly("address-denied 1 ?", "accept-rate 2 10.0.0.2");
        assertThat(tally.add(ACCEPT_RATE, Optional.empty())).isTrue();
    }
}
