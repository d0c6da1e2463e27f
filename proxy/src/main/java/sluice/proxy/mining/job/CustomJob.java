package sluice.proxy.mining.job;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamJob;

/**
 * What a job of a client's own making is made of (SV2 5.3.18).
 *
 * @param height of the block to be found
 * @param coinbase with its witness, where that is known
 * @param transactions serialised with witness, without the coinbase; absent where the client alone knows them
 */
public record CustomJob(
        SetCustomMiningJob request, long height, Coinbase coinbase, Optional<List<Bytes>> transactions) {
    public CustomJob {
        transactions = transactions.map(List::copyOf);
    }

    /**
     * Why no job can be made of {@code request}, whatever was agreed on, as an error code; empty where one can.
     *
     * @param extranonceSize bytes of the whole extranonce of the channel
     */
    public static Optional<String> faultOf(SetCustomMiningJob request, int extranonceSize) {
        if (request.merklePath().size() > MerklePath.MAX_DEPTH) {
            return Optional.of(MiningErrorCode.INVALID_MERKLE_PATH);
        }
        if (Target.ofCompact(request.nbits()).isZero()) {
            return Optional.of(MiningErrorCode.INVALID_NBITS);
        }
        int scriptSig = request.coinbasePrefix().length() + extranonceSize;
        if (scriptSig < Coinbase.MIN_SCRIPT_SIG_LENGTH || scriptSig > Coinbase.MAX_SCRIPT_SIG_LENGTH) {
            return Optional.of(MiningErrorCode.INVALID_COINBASE_PREFIX);
        }
        try {
            coinbase(request, extranonceSize).build();
            return Optional.empty();
        } catch (IllegalArgumentException malformed) {
            // Every other field is good by itself, whatever it holds.
            return Optional.of(MiningErrorCode.INVALID_COINBASE_TX_OUTPUTS);
        }
    }

    /**
     * The job that {@code request}, which has no {@link #faultOf fault}, asks for.
     *
     * @param reservedValue of the coinbase's witness; empty where nobody knows it
     */
    public static CustomJob of(
            SetCustomMiningJob request,
            int extranonceSize,
            long height,
            Optional<List<Bytes>> transactions,
            Bytes reservedValue) {
        Coinbase.Builder coinbase = coinbase(request, extranonceSize);
        if (!reservedValue.isEmpty()) {
            coinbase.witnessReservedValue(reservedValue);
        }
        return new CustomJob(request, height, coinbase.build(), transactions);
    }

    private static Coinbase.Builder coinbase(SetCustomMiningJob request, int extranonceSize) {
        return Coinbase.builder()
                .version(request.coinbaseTxVersion())
                .scriptSigHead(request.coinbasePrefix())
                .extranonceLength(extranonceSize)
                .sequence(request.coinbaseTxInputNSequence())
                .outputs(TxOut.parseList(request.coinbaseTxOutputs()))
                .lockTime(request.coinbaseTxLocktime());
    }

    ChainTip tip() {
        return new ChainTip(request.prevHash(), request.nbits(), request.minNtime());
    }

    UpstreamJob withId(long id) {
        return new UpstreamJob(
                id,
                OptionalLong.of(request.minNtime()),
                request.version(),
                true,
                request.merklePath(),
                coinbase.prefix(),
                coinbase.suffix(),
                Bytes.EMPTY);
    }
}
