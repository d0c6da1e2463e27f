package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;

/** No two channels ever search the same coinbases, and no run of jobs, tips, opens and closes breaks a rule. */
class Sv2SearchSpaceTest {
    @Test
    void givesNoTwoChannelsACoinbaseInCommon() {
        Sv2Farm farm = Sv2Farm.mining();
        List<Sv2ClientChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Sv2Client miner = farm.connect(4);
            channels.add(miner.openStandard());
            for (int rollable : new int[] {4, 8, 12, 16, 4}) {
                channels.add(miner.openExtended(rollable));
            }
        }
        farm.newTip();
        List<String> patterns = new ArrayList<>();
        for (Sv2ClientChannel channel : channels) {
            patterns.add(pattern(channel));
        }
        for (int a = 0; a < patterns.size(); a++) {
            for (int b = a + 1; b < patterns.size(); b++) {
                assertThat(overlap(patterns.get(a), patterns.get(b)))
                        .as("%s and %s", patterns.get(a), patterns.get(b))
                        .isFalse();
            }
        }
    }

    /** The whole coinbase in hex, with {@code **} for each byte that the miner may choose. */
    private static String pattern(Sv2ClientChannel channel) {
        Bytes zero = Bytes.concat(channel.prefix(), Bytes.zeros(channel.extranonceSize()));
        byte[] ones = new byte[channel.extranonceSize()];
        java.util.Arrays.fill(ones, (byte) 0xff);
        String least = channel.current().coinbase(zero).hex();
        String most = channel.current()
                .coinbase(Bytes.concat(channel.prefix(), Bytes.wrap(ones)))
                .hex();
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < least.length(); i++) {
            pattern.append(least.charAt(i) == most.charAt(i) ? least.charAt(i) : '*');
        }
        return pattern.toString();
    }

    private static boolean overlap(String a, String b) {
        assertThat(a).hasSameSizeAs(b);
        for (int i = 0; i < a.length(); i++) {
            if (a.charAt(i) != '*' && b.charAt(i) != '*' && a.charAt(i) != b.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@link Sv2Client} holds each message against the rules; here it only has to be kept busy. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsEveryRuleInARandomLife(long seed) {
        Random random = new Random(seed);
        Sv2Farm farm = Sv2Farm.mining();
        List<Sv2Client> miners = List.of(farm.connect(4), farm.connect(5), farm.connect(4));
        List<Long> futures = new ArrayList<>();
        long submitted = 0;
        for (int step = 0; step < 400; step++) {
            Sv2Client miner = miners.get(random.nextInt(miners.size()));
            boolean standardOnly = miner == miners.get(1);
            switch (random.nextInt(11)) {
                case 0 -> miner.openStandard();
                case 1 -> {
                    if (!standardOnly) {
                        miner.openExtended(4 + 4 * random.nextInt(3));
                    }
                }
                case 2 -> futures.add(farm.futureJob());
                case 3 -> {
                    if (!futures.isEmpty()) {
                        farm.activate(futures.get(futures.size() - 1 - random.nextInt(Math.min(3, futures.size()))));
                        futures.clear();
                    }
                }
                case 4 -> farm.activeJob();
                case 5 -> farm.repeatJob();
                case 6 -> farm.hold();
                case 7 -> farm.handOver();
                case 8 -> {
                    if (!miner.channels.isEmpty()) {
                        long id = miner.channels.keySet().iterator().next();
                        miner.send(new CloseChannel(id, ""));
                        miner.channels.remove(id);
                    }
                }
                default -> {
                    if (!miner.channels.isEmpty()) {
                        miner.send(miner.newest().mine());
                        submitted++;
                    }
                }
            }
            farm.pass(java.time.Duration.ofMillis(200));
        }
        farm.handOver();
        assertThat(submitted).isGreaterThan(20);
        long verdicts = miners.stream()
                .mapToLong(miner -> miner.events(ShareSubmitted.class).size())
                .sum();
        assertThat(verdicts).isEqualTo(submitted);
        for (Sv2Client miner : miners) {
            assertThat(miner.disconnect).isNull();
            // What a miner was told last is never stale, also while the loop was behind.
            assertThat(miner.all(SubmitSharesError.class)).isEmpty();
            for (Sv2ClientChannel channel : miner.channels.values()) {
                assertThat(channel.current().id)
                        .isEqualTo(farm.replica.currentJob().orElseThrow().id());
                assertThat(channel.futures().keySet())
                        .containsAll(farm.replica.futureJobs().stream()
                                .map(job -> job.id())
                                .toList());
            }
        }
    }
}
