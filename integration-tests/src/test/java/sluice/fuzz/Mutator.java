package sluice.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs out of others, by chance and without looking at what comes of them: the same for the same seed. */
final class Mutator {
    private static final int LONGEST = 8_192;
    // What means something to one of the readers: delimiters, signs, first and last values of lengths and counts.
    private static final byte[] TELLING = "{}[]\",:\\0123456789xXeE-+.#='\r\n\t \u0000\u0001/*?@%".getBytes(UTF_8);
    private static final long[] NUMBERS = {
        0,
        1,
        16,
        31,
        32,
        33,
        64,
        127,
        128,
        252,
        253,
        254,
        255,
        256,
        32_767,
        32_768,
        65_535,
        65_536,
        0xff_ffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        -1L
    };

    private final SplittableRandom random;
    private final List<byte[]> known;

    Mutator(long seed, List<byte[]> known) {
        this.random = new SplittableRandom(seed);
        this.known = known;
    }

    byte[] next() {
        byte[] input = any().clone();
        // Often a single change, which leaves the rest as meaningful as it was, and seldom very many.
        for (int changes = 1 << random.nextInt(random.nextInt(1, 6)); changes > 0; changes--) {
            input = changed(input);
        }
        return input.length <= LONGEST ? input : Arrays.copyOf(input, LONGEST);
    }

    private byte[] any() {
        return known.get(random.nextInt(known.size()));
    }

    private byte[] changed(byte[] input) {
        if (input.length == 0) {
            return spliced(input, 0, 0, piece(any()));
        }
        int at = random.nextInt(input.length);
        return switch (random.nextInt(9)) {
            case 0 -> replaced(input, at, (byte) (input[at] ^ 1 << random.nextInt(8)));
            case 1 -> replaced(input, at, (byte) random.nextInt());
            case 2 -> replaced(input, at, TELLING[random.nextInt(TELLING.length)]);
            case 3 -> replaced(input, at, (byte) (input[at] + random.nextInt(-4, 5)));
            case 4 -> spliced(input, at, random.nextInt(Math.min(16, input.length - at) + 1), new byte[0]);
            case 5 -> spliced(input, at, 0, piece(input));
            case 6 -> spliced(input, at, 0, piece(any()));
            case 7 -> number(input, at);
            default -> Arrays.copyOf(input, at);
        };
    }

    /** A number of 1 to 8 bytes in either order, or in digits. */
    private byte[] number(byte[] input, int at) {
        long value = NUMBERS[random.nextInt(NUMBERS.length)];
        if (random.nextInt(3) == 0) {
            byte[] digits = Long.toString(value, random.nextBoolean() ? 10 : 16).getBytes(UTF_8);
            return spliced(input, at, Math.min(digits.length, input.length - at), digits);
        }
        int length = Math.min(1 << random.nextInt(4), input.length - at);
        boolean bigEndian = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            input[at + i] = (byte) (value >>> 8 * (bigEndian ? length - 1 - i : i));
        }
        return input;
    }

    private byte[] piece(byte[] of) {
        if (of.length == 0) {
            return new byte[] {TELLING[random.nextInt(TELLING.length)]};
        }
        int from = random.nextInt(of.length);
        return Arrays.copyOfRange(of, from, random.nextInt(from, Math.min(of.length, from + 64)) + 1);
    }

    private static byte[] replaced(byte[] input, int at, byte value) {
        input[at] = value;
        return input;
    }

    private static byte[] spliced(byte[] input, int at, int removed, byte[] inserted) {
        byte[] result = new byte[input.length - removed + inserted.length];
        System.arraycopy(input, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(input, at + removed, result, at + inserted.length, input.length - at - removed);
        return result;
    }
}
