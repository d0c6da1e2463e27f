package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.wire.ProtocolViolation;

/** Damaged lines end as a message or as a ProtocolViolation, never as anything else. */
class Sv1MutationTest {
    private static final long SEED = 0x51c1ce;
    private static final int MUTATIONS_PER_LINE = 400;
    // Bytes that mean something to a JSON reader or to ours.
    private static final byte[] TELLING = "{}[]\",:\\0x19-+.eEnulltrufas\r\n\t \u0000\u00ff".getBytes(UTF_8);

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void damagedLinesOfMinersNeverBreakTheDecoder() {
        Sv1ClientDecoder decoder = new Sv1ClientDecoder();
        mutate(Sv1EncoderTest.clientMessages().map(Sv1Encoder::encode), line -> decoder.decode(line, 0, line.length));
    }

    @Test
    void damagedLinesOfServersNeverBreakTheDecoder() {
        Sv1ServerDecoder decoder = new Sv1ServerDecoder();
        mutate(Sv1EncoderTest.serverMessages().map(Sv1Encoder::encode), line -> decoder.decode(line, 0, line.length));
    }

    private interface Decoding {
        Sv1Message decode(byte[] line);
    }

    private void mutate(Stream<byte[]> lines, Decoding decoding) {
        int[] outcomes = new int[2];
        lines.forEach(line -> {
            for (int i = 0; i < MUTATIONS_PER_LINE; i++) {
                byte[] damaged = damage(line);
                try {
                    assertThat(decoding.decode(damaged).id()).isNotNull();
                    outcomes[0]++;
                } catch (ProtocolViolation expected) {
                    outcomes[1]++;
                } catch (RuntimeException | StackOverflowError e) {
                    throw new AssertionError("seed " + SEED + ", line " + new String(damaged, UTF_8), e);
                }
            }
        });
        // Both outcomes occur, so the damage is neither harmless nor total.
        assertThat(outcomes[0]).isPositive();
        assertThat(outcomes[1]).isPositive();
    }

    private byte[] damage(byte[] line) {
        byte[] damaged = line.clone();
        for (int times = random.nextInt(1, 5); times > 0 && damaged.length > 0; times--) {
            int at = random.nextInt(damaged.length);
            damaged = switch (random.nextInt(6)) {
                case 0 -> replaced(damaged, at, TELLING[random.nextInt(TELLING.length)]);
                case 1 -> replaced(damaged, at, (byte) random.nextInt(256));
                case 2 -> Arrays.copyOf(damaged, at);
                case 3 -> spliced(damaged, at, random.nextInt(Math.min(8, damaged.length - at)), new byte[0]);
                case 4 -> spliced(damaged, at, 0, new byte[] {TELLING[random.nextInt(TELLING.length)]});
                default -> {
                    int from = random.nextInt(damaged.length);
                    int to = random.nextInt(from, Math.min(damaged.length, from + 40));
                    yield spliced(damaged, at, 0, Arrays.copyOfRange(damaged, from, to));
                }
            };
        }
        return damaged;
    }

    private static byte[] replaced(byte[] line, int at, byte value) {
        line[at] = value;
        return line;
    }

    private static byte[] spliced(byte[] line, int at, int removed, byte[] inserted) {
        byte[] result = new byte[line.length - removed + inserted.length];
        System.arraycopy(line, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(line, at + removed, result, at + inserted.length, line.length - at - removed);
        return result;
    }
}
