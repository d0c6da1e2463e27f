package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;

/** The coinbase output that commits to every transaction's witness (BIP141). */
public final class WitnessCommitment {
    /** How the commitment's output script starts; the 32-byte commitment follows. */
    public static final Bytes SCRIPT_PREFIX = Bytes.fromHex("6a24aa21a9ed");

    private static final int SCRIPT_LENGTH = SCRIPT_PREFIX.length() + Hash256.LENGTH;

    private WitnessCommitment() {}

    /**
     * The commitment of a block.
     *
     * @param wtxids those of all transactions behind the coinbase, in block order
     * @param reservedValue the coinbase's witness, 32 bytes
     */
    public static Hash256 of(List<Hash256> wtxids, Bytes reservedValue) {
        List<Hash256> all = new ArrayList<>(wtxids.size() + 1);
        all.add(Hash256.ZERO);
        all.addAll(wtxids);
        return Sha256d.of(Bytes.wrap(MerklePath.rootOf(all).toArray()), reservedValue);
    }

    public static Bytes script(Hash256 commitment) {
        return Bytes.concat(SCRIPT_PREFIX, Bytes.wrap(commitment.toArray()));
    }

    /** The output that carries {@code commitment}: no value. */
    public static TxOut output(Hash256 commitment) {
        return new TxOut(0, script(commitment));
    }

    public static boolean isCommitment(Bytes script) {
        return script.length() >= SCRIPT_LENGTH && script.startsWith(SCRIPT_PREFIX);
    }

    /** The commitment among {@code outputs}: where several look like one, the last counts. */
    public static Optional<Hash256> in(List<TxOut> outputs) {
        for (TxOut output : outputs.reversed()) {
            if (isCommitment(output.script())) {
                return Optional.of(Hash256.of(output.script().toArray(), SCRIPT_PREFIX.length()));
            }
        }
        return Optional.empty();
    }
}
