package sluice.upstream.node;

import java.util.Optional;
import sluice.upstream.template.Template;

/** What came of a {@link NodeCall}. */
public sealed interface NodeAnswer {

    /**
     * To {@link NodeCall.GetBlockTemplate}.
     *
     * @param longPollId to ask for the next one with, where the node offers that
     * @param takesProposals whether it judges blocks before they are found
     */
    record Templated(Template template, Optional<String> longPollId, boolean takesProposals) implements NodeAnswer {}

    /**
     * To {@link NodeCall.GetBlockchainInfo}.
     *
     * @param name such as main or signet
     * @param blocks that it has checked
     * @param headers of the longest chain that it has heard of
     */
    record ChainTold(String name, boolean initialBlockDownload, long blocks, long headers) implements NodeAnswer {}

    /** A string, or null, which is empty here. */
    record Said(Optional<String> text) implements NodeAnswer {}

    /** To {@link NodeCall.GetBlockHeader}: below 1 where the block is not in its chain. */
    record HeaderFound(long confirmations) implements NodeAnswer {}

    /** It will not, in JSON-RPC's words. */
    record Refused(int code, String message) implements NodeAnswer {}

    /** There is no answer. */
    record Failed(Cause cause, String reason) implements NodeAnswer {}

    /** Why there is no answer. */
    enum Cause {
        /** No connection, or it broke. */
        UNREACHABLE,
        TIMED_OUT,
        /** It does not take our credentials, or there are none to show. */
        UNAUTHORIZED,
        /** It knows us, and does not let us ask this. */
        FORBIDDEN,
        /** It has as many questions as it can take. */
        BUSY,
        /** What came is no answer of JSON-RPC, or not one that can be used. */
        UNUSABLE
    }
}
