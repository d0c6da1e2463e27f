package sluice.upstream.template;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;

/** Makes transactions that look like people's payments: segwit spends with witnesses of the right shape and size. */
final class SimulatedTransactions {
    private static final int MAX_INPUTS = 4;
    private static final int MAX_OUTPUTS = 3;
    private static final long REPLACEABLE = 0xfffffffdL;
    private static final double TAPROOT_SHARE = 0.4;
    private static final double LEAST_VALUE_EXPONENT = 4;
    private static final double VALUE_DECADES = 5;
    private static final int KEY_HASH_LENGTH = 20;
    private static final int KEY_LENGTH = 32;
    private static final int SCHNORR_LENGTH = 64;
    private static final int SIGHASH_ALL = 1;

    private final SplittableRandom random;

    SimulatedTransactions(SplittableRandom random) {
        this.random = random;
    }

    Transaction next() {
        // Few inputs and few outputs are the common case.
        int inputCount = 1 + Math.min(random.nextInt(MAX_INPUTS), random.nextInt(MAX_INPUTS));
        int outputCount = 1 + random.nextInt(MAX_OUTPUTS);
        boolean taproot = random.nextDouble() < TAPROOT_SHARE;
        List<TxIn> inputs = new ArrayList<>(inputCount);
        for (int i = 0; i < inputCount; i++) {
            inputs.add(new TxIn(
                    Hash256.of(bytes(Hash256.LENGTH), 0),
                    random.nextInt(MAX_OUTPUTS),
                    Bytes.EMPTY,
                    REPLACEABLE,
                    taproot ? keyPathWitness() : keyHashWitness()));
        }
        List<TxOut> outputs = new ArrayList<>(outputCount);
        for (int i = 0; i < outputCount; i++) {
            outputs.add(new TxOut(value(), script()));
        }
        return new Transaction(2, inputs, outputs, 0);
    }

    private List<Bytes> keyPathWitness() {
        return List.of(Bytes.wrap(bytes(SCHNORR_LENGTH)));
    }

    /** A DER signature of two 32-byte numbers with its sighash byte, and a compressed public key. */
    private List<Bytes> keyHashWitness() {
        byte[] r = positive();
        byte[] s = positive();
        Bytes signature = Bytes.concat(
                Bytes.fromHex("30440220"), Bytes.wrap(r), Bytes.fromHex("0220"), Bytes.wrap(s), Bytes.of((byte)
                        SIGHASH_ALL));
        Bytes key = Bytes.concat(Bytes.of((byte) (2 + random.nextInt(2))), Bytes.wrap(bytes(KEY_LENGTH)));
        return List.of(signature, key);
    }

    /** 32 bytes that need no sign byte and have no leading zero. */
    private byte[] positive() {
        byte[] number = bytes(KEY_LENGTH);
        number[0] = (byte) (1 + random.nextInt(Byte.MAX_VALUE));
        return number;
    }

    private long value() {
        return (long) Math.pow(10, LEAST_VALUE_EXPONENT + VALUE_DECADES * random.nextDouble());
    }

    private Bytes script() {
        return random.nextDouble() < TAPROOT_SHARE
                ? Script.p2tr(Bytes.wrap(bytes(KEY_LENGTH)))
                : Script.p2wpkh(Bytes.wrap(bytes(KEY_HASH_LENGTH)));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
