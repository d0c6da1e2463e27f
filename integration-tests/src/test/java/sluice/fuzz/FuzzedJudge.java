package sluice.fuzz;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.declaration.CustomJobVerdict;

/** Looks at nothing of a custom job but its token, which says what becomes of it, and its tip. */
final class FuzzedJudge implements CustomJobJudge {
    private Hash256 tip = Hash256.ZERO;

    /** Blocks are built on this one from now on. */
    void tip(Hash256 next) {
        tip = next;
    }

    @Override
    public CustomJobVerdict judge(SetCustomMiningJob request, int fullExtranonceSize, Instant now) {
        if (request.miningJobToken().isEmpty()) {
            return new CustomJobVerdict.Refused("invalid-mining-job-token");
        }
        if (!isTip(request.prevHash())) {
            return new CustomJobVerdict.Refused("stale-chain-tip");
        }
        boolean declared = request.miningJobToken().at(0) != 0;
        ChainTip on = new ChainTip(request.prevHash(), request.nbits(), request.minNtime());
        return new CustomJobVerdict.Taken(
                1,
                new BlockRules(on, 1, now.getEpochSecond(), 0),
                declared ? Optional.of(List.of()) : Optional.empty(),
                declared ? Coinbase.ZERO_RESERVED_VALUE : Bytes.EMPTY);
    }

    @Override
    public boolean isTip(Hash256 prevHash) {
        return prevHash.equals(tip);
    }
}
