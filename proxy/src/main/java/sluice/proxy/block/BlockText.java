package sluice.proxy.block;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.upstream.template.BlockVerdict;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Entries and deliveries as the journal writes them: JSON, so that an operator can submit a block by hand. */
final class BlockText {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private BlockText() {}

    static String of(BlockEntry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("found_at", entry.foundAt().toString());
        fields.put("hash", entry.hash().display());
        entry.height().ifPresent(height -> fields.put("height", height));
        fields.put("header", HexFormat.of().formatHex(entry.header().toArray()));
        fields.put("coinbase", entry.coinbase().hex());
        fields.put("merkle_path", entry.merklePath().stream().map(Hash256::hex).toList());
        entry.templateId().ifPresent(id -> fields.put("template_id", id));
        fields.put("user_identity", entry.userIdentity());
        fields.put("upstream", entry.upstream());
        entry.block().ifPresent(block -> fields.put("block", block.hex()));
        return JSON.writeValueAsString(fields) + "\n";
    }

    /** Throws IllegalArgumentException that says what is wrong: a file that a crash or a disk has cut is no block. */
    static BlockEntry entry(String text) {
        JsonNode fields = object(text);
        Bytes header = bytes(fields, "header");
        if (header.length() != BlockHeader.LENGTH) {
            throw new IllegalArgumentException("\"header\" has " + header.length() + " bytes");
        }
        List<Hash256> merklePath = new ArrayList<>();
        for (JsonNode sibling : fields.path("merkle_path")) {
            if (merklePath.size() == MerklePath.MAX_DEPTH) {
                throw new IllegalArgumentException("\"merkle_path\" has more than " + MerklePath.MAX_DEPTH + " hashes");
            }
            merklePath.add(Hash256.fromHex(sibling.asString()));
        }
        Optional<Bytes> block = fields.has("block") ? Optional.of(bytes(fields, "block")) : Optional.empty();
        BlockHeader head = BlockHeader.of(header.toArray(), 0);
        Hash256 hash = Hash256.fromDisplay(text(fields, "hash"));
        if (!head.hash().equals(hash)) {
            throw new IllegalArgumentException("\"header\" is not that of \"hash\"");
        }
        block.ifPresent(whole -> requireWhole(whole, head));
        return new BlockEntry(
                instant(fields, "found_at"),
                hash,
                head,
                bytes(fields, "coinbase"),
                merklePath,
                number(fields, "height"),
                number(fields, "template_id"),
                block,
                text(fields, "user_identity"),
                text(fields, "upstream"));
    }

    private static void requireWhole(Bytes raw, BlockHeader header) {
        Block block = Block.parse(raw);
        List<Hash256> txids = block.transactions().stream()
                .map(transaction -> transaction.txid())
                .toList();
        if (!block.header().equals(header) || !MerklePath.rootOf(txids).equals(header.merkleRoot())) {
            throw new IllegalArgumentException("\"block\" is not the block of \"header\"");
        }
    }

    static String of(Delivery delivery) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", delivery.at().toString());
        fields.put("path", delivery.path());
        fields.put("outcome", delivery.verdict().outcome().name());
        fields.put("reason", delivery.verdict().reason());
        return JSON.writeValueAsString(fields) + "\n";
    }

    /** Throws IllegalArgumentException where {@code line} is none. */
    static Delivery delivery(String line) {
        JsonNode fields = object(line);
        return new Delivery(
                instant(fields, "at"),
                text(fields, "path"),
                new BlockVerdict(BlockVerdict.Outcome.valueOf(text(fields, "outcome")), text(fields, "reason")));
    }

    private static JsonNode object(String text) {
        JsonNode read;
        try {
            read = JSON.readTree(text);
        } catch (JacksonException notJson) {
            throw new IllegalArgumentException("it is no JSON: " + notJson.getOriginalMessage(), notJson);
        }
        if (!read.isObject()) {
            throw new IllegalArgumentException("it is no JSON object");
        }
        return read;
    }

    private static String text(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        if (!value.isString()) {
            throw new IllegalArgumentException("\"" + name + "\" is missing or no text");
        }
        return value.asString();
    }

    private static Bytes bytes(JsonNode fields, String name) {
        return Bytes.fromHex(text(fields, name));
    }

    private static Instant instant(JsonNode fields, String name) {
        try {
            return Instant.parse(text(fields, name));
        } catch (DateTimeException noTime) {
            throw new IllegalArgumentException("\"" + name + "\" is no time", noTime);
        }
    }

    private static OptionalLong number(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        return value.canConvertToLong() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }
}
