package sluice.protocol.bitcoin;

/** Why a block is refused, in the words that Bitcoin Core answers {@code submitblock} with (BIP22). */
public enum BlockFault {
    HIGH_HASH("high-hash"),
    BAD_MERKLE_ROOT("bad-txnmrklroot"),
    DUPLICATE_TRANSACTION("bad-txns-duplicate"),
    COINBASE_MISSING("bad-cb-missing"),
    COINBASE_MULTIPLE("bad-cb-multiple"),
    COINBASE_LENGTH("bad-cb-length"),
    PREV_BLOCK_NOT_FOUND("prev-blk-not-found"),
    BAD_NBITS("bad-diffbits"),
    TIME_TOO_OLD("time-too-old"),
    TIME_TOO_NEW("time-too-new"),
    BAD_VERSION("bad-version"),
    COINBASE_HEIGHT("bad-cb-height"),
    WITNESS_RESERVED_VALUE("bad-witness-nonce-size"),
    WITNESS_COMMITMENT("bad-witness-merkle-match"),
    UNEXPECTED_WITNESS("unexpected-witness"),
    WEIGHT("bad-blk-weight"),
    COINBASE_AMOUNT("bad-cb-amount");

    private final String reason;

    BlockFault(String reason) {
        this.reason = reason;
    }

    /** The reject reason for a block with {@code header}. */
    public String reason(BlockHeader header) {
        return this == BAD_VERSION ? String.format("%s(0x%08x)", reason, header.version()) : reason;
    }
}
