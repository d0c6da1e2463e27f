package sluice.endtoend;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import sluice.protocol.bitcoin.Target;
import tools.jackson.databind.JsonNode;

/** An SV1 job on a chain so easy that every second hash is a block. */
final class SoloJob {
    private static final HexFormat HEX = HexFormat.of();
    private static final int FIRST_ID = 1_000;

    private final JsonNode notify;
    private final String extranonce1;
    private final BigInteger bound;

    /** @param notify the parameters of {@code mining.notify} */
    SoloJob(JsonNode notify, String extranonce1) {
        this.notify = notify;
        this.extranonce1 = extranonce1;
        this.bound = Target.ofCompact(u32(6)).toBigInteger();
    }

    /** A block; {@code number} tells it from the others of the job. */
    SoloBlock solve(int number) {
        String extranonce2 = "%08x".formatted(number);
        byte[] coinbase = HEX.parseHex(text(2) + extranonce1 + extranonce2 + text(3));
        List<byte[]> siblings = new ArrayList<>();
        notify.path(4).forEach(sibling -> siblings.add(HEX.parseHex(sibling.asString())));
        byte[] root = IndependentHash.merkleRoot(coinbase, siblings);
        byte[] prevHash = IndependentHash.wordsReversed(HEX.parseHex(text(1)));
        for (long nonce = 0; ; nonce++) {
            byte[] hash = IndependentHash.header(u32(5), prevHash, root, u32(7), u32(6), nonce);
            if (IndependentHash.number(hash).compareTo(bound) <= 0) {
                int id = FIRST_ID + number;
                return new SoloBlock(
                        id,
                        HEX.formatHex(IndependentHash.reversed(hash)),
                        "{\"id\":%d,\"method\":\"mining.submit\",\"params\":[\"crash\",\"%s\",\"%s\",\"%s\",\"%08x\"]}"
                                .formatted(id, text(0), extranonce2, text(7), nonce));
            }
        }
    }

    private String text(int parameter) {
        return notify.path(parameter).asString();
    }

    private long u32(int parameter) {
        return Long.parseLong(text(parameter), 16);
    }
}
