package sluice.upstream.node;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.CoinbaseReserve;

/** A question to a node. */
public sealed interface NodeCall {

    /** The name of the procedure. */
    default String method() {
        return switch (this) {
            case GetBlockchainInfo call -> "getblockchaininfo";
            case GetBlockTemplate call -> "getblocktemplate";
            case ProposeBlock call -> "getblocktemplate";
            case SubmitBlock call -> "submitblock";
            case GetBestBlockHash call -> "getbestblockhash";
            case GetBlockHeader call -> "getblockheader";
        };
    }

    /** Which chain it follows, and whether it has all of it. */
    record GetBlockchainInfo() implements NodeCall {}

    /**
     * A template.
     *
     * @param templateId that the template will have
     * @param rules that we know
     * @param longPollId of an earlier template: the node answers only when it has a better one
     * @param room that its transactions have to leave for the coinbase's outputs; nodes have no ear for it, so what leaves
     *     less is cut when it is read
     */
    record GetBlockTemplate(long templateId, List<String> rules, Optional<String> longPollId, CoinbaseReserve room)
            implements NodeCall {

        /** That leaves the usual room. */
        public GetBlockTemplate(long templateId, List<String> rules, Optional<String> longPollId) {
            this(templateId, rules, longPollId, CoinbaseReserve.NONE);
        }
    }

    /** Whether a block would be taken, but for its proof of work. */
    record ProposeBlock(Bytes block) implements NodeCall {}

    /** Take this block. */
    record SubmitBlock(Bytes block) implements NodeCall {}

    /** The chain's tip. */
    record GetBestBlockHash() implements NodeCall {}

    /** Whether it knows a block, and whether that is in its chain. */
    record GetBlockHeader(Hash256 hash) implements NodeCall {}
}
