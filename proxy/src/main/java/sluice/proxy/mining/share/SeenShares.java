package sluice.proxy.mining.share;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import sluice.protocol.bitcoin.Hash256;

/**
 * The header hashes a channel has submitted on the tip in force: exact, because it keeps all 256 bits, and bounded. An
 * idle channel holds no table. Confined to the channel's loop.
 */
public final class SeenShares {
    /** Most shares remembered for one channel and tip; beyond it shares are refused, never forgotten. */
    public static final int LIMIT = 32_768;

    private static final int WORDS = 4;
    private static final int FIRST_CAPACITY = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** What became of an {@link #add}. */
    public enum Added {
        NEW,
        DUPLICATE,
        FULL
    }

    // Open addressing; a slot is four words of the hash and is free when all four are zero.
    private long[] table;
    private int size;
    // Absent before the first.
    private Hash256 tip;

    /** Remembers the 32 raw hash bytes at {@code offset}. */
    public Added add(byte[] rawHash, int offset) {
        if (table == null) {
            table = new long[FIRST_CAPACITY * WORDS];
        }
        long a = (long) LONG.get(rawHash, offset);
        long b = (long) LONG.get(rawHash, offset + 8);
        long c = (long) LONG.get(rawHash, offset + 16);
        long d = (long) LONG.get(rawHash, offset + 24);
        int slot = slotOf(table, a, b, c, d);
        if (isTaken(table, slot)) {
            return Added.DUPLICATE;
        }
        if (size >= LIMIT) {
            return Added.FULL;
        }
        put(table, slot, a, b, c, d);
        size++;
        if (size * WORDS * 2 > table.length) {
            grow();
        }
        return Added.NEW;
    }

    public int size() {
        return size;
    }

    /** The tip in force from now on: where it is another one, what was seen before can never come again. */
    public void onTip(Hash256 prevHash) {
        if (!prevHash.equals(tip)) {
            tip = prevHash;
            table = null;
            size = 0;
        }
    }

    private void grow() {
        long[] old = table;
        table = new long[old.length * 2];
        for (int at = 0; at < old.length; at += WORDS) {
            if (isTaken(old, at)) {
                int slot = slotOf(table, old[at], old[at + 1], old[at + 2], old[at + 3]);
                put(table, slot, old[at], old[at + 1], old[at + 2], old[at + 3]);
            }
        }
    }

    // The low words of a share's hash are uniform (only the high ones are small), so word 0 spreads well.
    private static int slotOf(long[] table, long a, long b, long c, long d) {
        int mask = table.length / WORDS - 1;
        int slot = (int) (a ^ (a >>> 32)) & mask;
        while (true) {
            int at = slot * WORDS;
            if (!isTaken(table, at)
                    || (table[at] == a && table[at + 1] == b && table[at + 2] == c && table[at + 3] == d)) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean isTaken(long[] table, int at) {
        return (table[at] | table[at + 1] | table[at + 2] | table[at + 3]) != 0;
    }

    private static void put(long[] table, int at, long a, long b, long c, long d) {
        table[at] = a;
        table[at + 1] = b;
        table[at + 2] = c;
        table[at + 3] = d;
    }
}
