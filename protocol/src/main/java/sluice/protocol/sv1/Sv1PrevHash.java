package sluice.protocol.sv1;

import sluice.protocol.bitcoin.Hash256;

/** The order in which {@code mining.notify} writes the previous block's hash: each 4-byte word reversed. */
final class Sv1PrevHash {
    private static final int WORD = 4;

    private Sv1PrevHash() {}

    /** Header order to wire order, and back: the swap is its own inverse. */
    static Hash256 swap(Hash256 hash) {
        byte[] raw = hash.toArray();
        for (int word = 0; word < Hash256.LENGTH; word += WORD) {
            exchange(raw, word, word + 3);
            exchange(raw, word + 1, word + 2);
        }
        return Hash256.of(raw, 0);
    }

    private static void exchange(byte[] raw, int a, int b) {
        byte kept = raw[a];
        raw[a] = raw[b];
        raw[b] = kept;
    }
}
