package sluice.proxy.declaration;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockRules;

/** What becomes of a SetCustomMiningJob (SV2 5.3.19, 5.3.20). */
public sealed interface CustomJobVerdict {

    /**
     * The job may be mined.
     *
     * @param height of the block to be found
     * @param rules that a block on this job must keep
     * @param transactions serialised with witness, without the coinbase; absent in coinbase-only mode, where the client
     *     alone knows them
     * @param witnessReservedValue 32 bytes of the declared coinbase's witness; empty where nobody declared one
     */
    record Taken(long height, BlockRules rules, Optional<List<Bytes>> transactions, Bytes witnessReservedValue)
            implements CustomJobVerdict {}

    /** @param errorCode of {@link sluice.protocol.sv2.message.mining.MiningErrorCode} */
    record Refused(String errorCode) implements CustomJobVerdict {}
}
