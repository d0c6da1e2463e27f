package sluice.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A glob over whole user identities: {@code *} stands for any characters, {@code ?} for one.
 *
 * <p>All places of the glob that the text so far can have reached are bits of one set, so that a miner with a long name costs
 * the same for each of its characters, whatever the glob.
 */
public final class UserPattern {
    static final int MAX_BYTES = 255;

    private final String text;
    private final int length;
    private final Map<Integer, long[]> takenBy = new HashMap<>();
    private final long[] takenByAny;
    private final long[] stays;

    private UserPattern(String text) {
        this.text = text;
        int[] all = text.codePoints().toArray();
        int[] symbols = Arrays.stream(all).filter(symbol -> symbol != '*').toArray();
        length = symbols.length;
        takenByAny = places();
        stays = places();
        for (int i = 0; i < length; i++) {
            if (symbols[i] == '?') {
                set(takenByAny, i);
            }
        }
        for (int i = 0; i < length; i++) {
            if (symbols[i] != '?') {
                set(takenBy.computeIfAbsent(symbols[i], _ -> takenByAny.clone()), i);
            }
        }
        int place = 0;
        for (int symbol : all) {
            if (symbol == '*') {
                set(stays, place);
            } else {
                place++;
            }
        }
    }

    /** Throws InvalidValueException for a text that no user identity could match. */
    public static UserPattern parse(String text) {
        if (text.isEmpty()) {
            throw new InvalidValueException("has an empty entry", "write a user identity, or a part of it and *");
        }
        return new UserPattern(PoolConfig.requirePrintable(text, MAX_BYTES));
    }

    /** Whether the whole of {@code userIdentity} matches; letters' case counts. */
    public boolean matches(String userIdentity) {
        long[] reached = places();
        set(reached, 0);
        for (int i = 0; i < userIdentity.length(); ) {
            int symbol = userIdentity.codePointAt(i);
            advance(reached, takenBy.getOrDefault(symbol, takenByAny));
            i += Character.charCount(symbol);
        }
        return isSet(reached, length);
    }

    private void advance(long[] reached, long[] takes) {
        long carry = 0;
        for (int word = 0; word < reached.length; word++) {
            long moved = reached[word] & takes[word];
            reached[word] = (moved << 1) | carry | (reached[word] & stays[word]);
            carry = moved >>> (Long.SIZE - 1);
        }
    }

    private long[] places() {
        return new long[length / Long.SIZE + 1];
    }

    private static void set(long[] places, int place) {
        places[place / Long.SIZE] |= 1L << place;
    }

    private static boolean isSet(long[] places, int place) {
        return ((places[place / Long.SIZE] >>> place) & 1) != 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UserPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
