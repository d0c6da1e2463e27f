package sluice.protocol.sv2.noise;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * ChaCha20-Poly1305 (RFC 8439) for short messages. Setting up a JDK cipher costs more than the arithmetic of a share or a
 * frame header and leaves 2 KB of garbage each time; this one allocates nothing. Neither branches nor array indices depend
 * on key, plaintext or tag.
 */
final class ScalarAead implements Aead {
    static final ScalarAead INSTANCE = new ScalarAead();

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int CHACHA_BLOCK = 64;
    private static final int POLY_BLOCK = 16;
    private static final int DOUBLE_ROUNDS = 10;
    // Behind the keystream block in the scratch array.
    static final int TAG_OFFSET = CHACHA_BLOCK;

    // "expand 32-byte k"
    private static final int SIGMA0 = 0x61707865;
    private static final int SIGMA1 = 0x3320646e;
    private static final int SIGMA2 = 0x79622d32;
    private static final int SIGMA3 = 0x6b206574;

    // Poly1305 works modulo 2^130 - 5, here in limbs of 44, 44 and 42 bits.
    private static final long MASK44 = (1L << 44) - 1;
    private static final long MASK42 = (1L << 42) - 1;
    private static final long CLAMP0 = 0xffc_0fff_ffffL;
    private static final long CLAMP1 = 0xfff_ffc0_ffffL;
    private static final long CLAMP2 = 0x00f_ffff_fc0fL;
    // Every block of this construction is full, so all have bit 128 set.
    private static final long BLOCK_END = 1L << 40;
    // Shifting both factors by 10 bits makes the upper word of their product start at bit 44.
    private static final int ALIGN = 10;

    private final ThreadLocal<byte[]> scratch = ThreadLocal.withInitial(() -> new byte[CHACHA_BLOCK + TAG_LENGTH]);

    private ScalarAead() {}

    @Override
    public void seal(
            byte[] key,
            long nonce,
            byte[] associated,
            byte[] plain,
            int offset,
            int length,
            byte[] out,
            int outOffset) {
        byte[] work = scratch.get();
        applyKeystream(key, nonce, plain, offset, length, out, outOffset, work);
        block(key, nonce, 0, work);
        tag(associated, out, outOffset, length, work);
        System.arraycopy(work, TAG_OFFSET, out, outOffset + length, TAG_LENGTH);
        Arrays.fill(work, (byte) 0);
    }

    @Override
    public boolean open(
            byte[] key,
            long nonce,
            byte[] associated,
            byte[] cipher,
            int offset,
            int length,
            byte[] out,
            int outOffset) {
        byte[] work = scratch.get();
        int plainLength = length - TAG_LENGTH;
        int tagAt = offset + plainLength;
        block(key, nonce, 0, work);
        tag(associated, cipher, offset, plainLength, work);
        long difference = ((long) LONG.get(work, TAG_OFFSET) ^ (long) LONG.get(cipher, tagAt))
                | ((long) LONG.get(work, TAG_OFFSET + 8) ^ (long) LONG.get(cipher, tagAt + 8));
        if (difference == 0) {
            applyKeystream(key, nonce, cipher, offset, plainLength, out, outOffset, work);
        }
        Arrays.fill(work, (byte) 0);
        return difference == 0;
    }

    private static void applyKeystream(
            byte[] key, long nonce, byte[] in, int offset, int length, byte[] out, int outOffset, byte[] work) {
        int counter = 1;
        for (int done = 0; done < length; done += CHACHA_BLOCK) {
            block(key, nonce, counter++, work);
            int count = Math.min(CHACHA_BLOCK, length - done);
            int from = offset + done;
            int to = outOffset + done;
            int i = 0;
            for (; i + Long.BYTES <= count; i += Long.BYTES) {
                LONG.set(out, to + i, (long) LONG.get(in, from + i) ^ (long) LONG.get(work, i));
            }
            for (; i < count; i++) {
                out[to + i] = (byte) (in[from + i] ^ work[i]);
            }
        }
    }

    /** Writes 64 bytes of keystream to the front of {@code target}. */
    private static void block(byte[] key, long nonce, int counter, byte[] target) {
        int k0 = (int) INT.get(key, 0);
        int k1 = (int) INT.get(key, 4);
        int k2 = (int) INT.get(key, 8);
        int k3 = (int) INT.get(key, 12);
        int k4 = (int) INT.get(key, 16);
        int k5 = (int) INT.get(key, 20);
        int k6 = (int) INT.get(key, 24);
        int k7 = (int) INT.get(key, 28);
        int x0 = SIGMA0;
        int x1 = SIGMA1;
        int x2 = SIGMA2;
        int x3 = SIGMA3;
        int x4 = k0;
        int x5 = k1;
        int x6 = k2;
        int x7 = k3;
        int x8 = k4;
        int x9 = k5;
        int x10 = k6;
        int x11 = k7;
        int x12 = counter;
        int x13 = 0;
        int x14 = (int) nonce;
        int x15 = (int) (nonce >>> 32);
        for (int round = 0; round < DOUBLE_ROUNDS; round++) {
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 16);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 12);
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 8);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 7);

            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 16);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 12);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 8);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 7);

            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 16);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 12);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 8);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 7);

            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 16);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 12);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 8);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 7);

            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 16);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 12);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 8);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 7);

            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 16);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 12);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 8);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 7);

            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 16);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 12);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 8);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 7);

            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 16);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 12);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 8);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 7);
        }
        INT.set(target, 0, x0 + SIGMA0);
        INT.set(target, 4, x1 + SIGMA1);
        INT.set(target, 8, x2 + SIGMA2);
        INT.set(target, 12, x3 + SIGMA3);
        INT.set(target, 16, x4 + k0);
        INT.set(target, 20, x5 + k1);
        INT.set(target, 24, x6 + k2);
        INT.set(target, 28, x7 + k3);
        INT.set(target, 32, x8 + k4);
        INT.set(target, 36, x9 + k5);
        INT.set(target, 40, x10 + k6);
        INT.set(target, 44, x11 + k7);
        INT.set(target, 48, x12 + counter);
        INT.set(target, 52, x13);
        INT.set(target, 56, x14 + (int) nonce);
        INT.set(target, 60, x15 + (int) (nonce >>> 32));
    }

    /**
     * Writes the Poly1305 tag over associated data and ciphertext to {@link #TAG_OFFSET} of {@code work}, whose first 32 bytes
     * are the one-time key.
     */
    static void tag(byte[] associated, byte[] cipher, int offset, int length, byte[] work) {
        long key0 = (long) LONG.get(work, 0);
        long key1 = (long) LONG.get(work, 8);
        long r0 = key0 & CLAMP0;
        long r1 = (key0 >>> 44 | key1 << 20) & CLAMP1;
        long r2 = key1 >>> 24 & CLAMP2;
        // 2^132 is 20 modulo the prime: what a product has above limb 2 comes back times 20 at limb 0.
        long s1 = r1 * 20;
        long s2 = r2 * 20;
        long r0Aligned = r0 << ALIGN;
        long r1Aligned = r1 << ALIGN;
        long r2Aligned = r2 << ALIGN;
        long s1Aligned = s1 << ALIGN;
        long s2Aligned = s2 << ALIGN;

        int associatedBlocks = (associated.length + POLY_BLOCK - 1) / POLY_BLOCK;
        int lastBlock = associatedBlocks + (length + POLY_BLOCK - 1) / POLY_BLOCK;
        long h0 = 0;
        long h1 = 0;
        long h2 = 0;
        for (int i = 0; i <= lastBlock; i++) {
            long low;
            long high;
            if (i < associatedBlocks) {
                low = word(associated, i * POLY_BLOCK, associated.length);
                high = word(associated, i * POLY_BLOCK + 8, associated.length);
            } else if (i < lastBlock) {
                int at = offset + (i - associatedBlocks) * POLY_BLOCK;
                low = word(cipher, at, offset + length);
                high = word(cipher, at + 8, offset + length);
            } else {
                low = associated.length;
                high = length;
            }
            h0 += low & MASK44;
            h1 += (low >>> 44 | high << 20) & MASK44;
            h2 += high >>> 24 | BLOCK_END;

            long h0Aligned = h0 << ALIGN;
            long h1Aligned = h1 << ALIGN;
            long h2Aligned = h2 << ALIGN;
            // Each product is split at bit 44 at once, so sums of three need no carry between words.
            long low0 = (h0 * r0 & MASK44) + (h1 * s2 & MASK44) + (h2 * s1 & MASK44);
            long high0 = Math.multiplyHigh(h0Aligned, r0Aligned)
                    + Math.multiplyHigh(h1Aligned, s2Aligned)
                    + Math.multiplyHigh(h2Aligned, s1Aligned);
            long low1 = (h0 * r1 & MASK44) + (h1 * r0 & MASK44) + (h2 * s2 & MASK44);
            long high1 = Math.multiplyHigh(h0Aligned, r1Aligned)
                    + Math.multiplyHigh(h1Aligned, r0Aligned)
                    + Math.multiplyHigh(h2Aligned, s2Aligned);
            long low2 = (h0 * r2 & MASK44) + (h1 * r1 & MASK44) + (h2 * r0 & MASK44);
            long high2 = Math.multiplyHigh(h0Aligned, r2Aligned)
                    + Math.multiplyHigh(h1Aligned, r1Aligned)
                    + Math.multiplyHigh(h2Aligned, r0Aligned);

            h0 = low0 & MASK44;
            low1 += high0 + (low0 >>> 44);
            h1 = low1 & MASK44;
            low2 += high1 + (low1 >>> 44);
            h2 = low2 & MASK42;
            // Limb 2 has 42 bits, so what stands at bit 44 there is four times 2^130, and 2^130 is 5.
            h0 += ((high2 << 2) + (low2 >>> 42)) * 5;
            h1 += h0 >>> 44;
            h0 &= MASK44;
        }
        h2 += h1 >>> 44;
        h1 &= MASK44;
        h0 += (h2 >>> 42) * 5;
        h2 &= MASK42;
        h1 += h0 >>> 44;
        h0 &= MASK44;
        h2 += h1 >>> 44;
        h1 &= MASK44;

        // h - p, chosen by mask where h was not below p.
        long g0 = h0 + 5;
        long g1 = h1 + (g0 >>> 44);
        g0 &= MASK44;
        long g2 = h2 + (g1 >>> 44) - (1L << 42);
        g1 &= MASK44;
        long keep = g2 >> 63;
        h0 = h0 & keep | g0 & ~keep;
        h1 = h1 & keep | g1 & ~keep;
        h2 = h2 & keep | g2 & ~keep;

        long low = h0 | h1 << 44;
        long high = h1 >>> 20 | h2 << 24;
        long pad0 = (long) LONG.get(work, 16);
        long tag0 = low + pad0;
        long carry = ((low & pad0) | ((low | pad0) & ~tag0)) >>> 63;
        LONG.set(work, TAG_OFFSET, tag0);
        LONG.set(work, TAG_OFFSET + 8, high + (long) LONG.get(work, 24) + carry);
    }

    /** Eight bytes of {@code source}, little-endian, as if zeros stood from {@code end} on. */
    private static long word(byte[] source, int at, int end) {
        if (at + Long.BYTES <= end) {
            return (long) LONG.get(source, at);
        }
        long value = 0;
        for (int i = end - 1; i >= at; i--) {
            value = value << 8 | source[i] & 0xff;
        }
        return value;
    }
}
