package sluice.proxy.api.event;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import sluice.config.ApiScope;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.NodeReport;

/** Where a node, or a program beside it, says what has happened. */
public final class NodeEventEndpoints {
    static final int MAX_MINER_ID_LENGTH = 255;

    private static final long U32_MAX = 0xffff_ffffL;

    private NodeEventEndpoints() {}

    /** @param type BlockMined, BlockTemplateUpdated, ChainTipUpdated or MiningDifficultyChanged */
    public record NodeEvent(String type, NodeEventFields data) {}

    /** The fields of all of them; each has its own, under the names that blvm-node gives them. */
    public record NodeEventFields(
            Optional<String> blockHash,
            Optional<Long> height,
            Optional<String> minerId,
            Optional<String> prevHash,
            Optional<Long> txCount,
            Optional<Long> oldDifficulty,
            Optional<Long> newDifficulty) {}

    /** @param looking whether template sources that can be asked are asked now */
    public record Noted(boolean looking) {}

    /** @param report takes what was said */
    public static List<Endpoint> of(Consumer<GatewayEvent.NodeReported> report) {
        return List.of(Endpoint.of(ApiMethod.POST, "/api/v1/events/node", ApiScope.OPERATE)
                .says(
                        "Events",
                        "Takes an event of a node: it is told on, and a new tip, block or template makes template"
                                + " sources look at once.")
                .takes(NodeEvent.class)
                .answers(Noted.class, request -> {
                    NodeReport said = read(request);
                    report.accept(new GatewayEvent.NodeReported(
                            request.at(), request.caller().name(), said));
                    return CompletableFuture.completedFuture(ApiAnswer.accepted(new Noted(said.asksForTemplates())));
                }));
    }

    private static NodeReport read(ApiRequest request) {
        NodeEvent event = request.body(NodeEvent.class);
        NodeEventFields data = event.data();
        return switch (event.type()) {
            case "BlockMined" -> {
                Fields fields = new Fields(event.type(), data, "block_hash", "height", "miner_id");
                yield new NodeReport.BlockMined(
                        fields.hash("block_hash", data.blockHash()),
                        fields.u32("height", data.height()),
                        minerId(data));
            }
            case "BlockTemplateUpdated" -> {
                Fields fields = new Fields(event.type(), data, "prev_hash", "height", "tx_count");
                yield new NodeReport.BlockTemplateUpdated(
                        fields.hash("prev_hash", data.prevHash()),
                        fields.u32("height", data.height()),
                        fields.u32("tx_count", data.txCount()));
            }
            case "ChainTipUpdated" -> {
                Fields fields = new Fields(event.type(), data, "prev_hash", "height");
                Hash256 tip = fields.hash("prev_hash", data.prevHash());
                yield new NodeReport.ChainTipUpdated(
                        tip,
                        data.height().isEmpty()
                                ? OptionalLong.empty()
                                : OptionalLong.of(fields.u32("height", data.height())));
            }
            case "MiningDifficultyChanged" -> {
                Fields fields = new Fields(event.type(), data, "old_difficulty", "new_difficulty", "height");
                yield new NodeReport.MiningDifficultyChanged(
                        fields.u32("old_difficulty", data.oldDifficulty()),
                        fields.u32("new_difficulty", data.newDifficulty()),
                        fields.u32("height", data.height()));
            }
            default ->
                throw fault(
                        "type is none of BlockMined, BlockTemplateUpdated, ChainTipUpdated, MiningDifficultyChanged");
        };
    }

    private static Optional<String> minerId(NodeEventFields data) {
        if (data.minerId().filter(id -> id.length() > MAX_MINER_ID_LENGTH).isPresent()) {
            throw fault("data.miner_id is longer than " + MAX_MINER_ID_LENGTH + " characters");
        }
        return data.minerId();
    }

    private static ApiFault fault(String detail) {
        return new ApiFault(ApiProblem.unprocessable(detail));
    }

    /** Those of one type: what belongs to another is a mistake, and nothing that belongs here is guessed. */
    private record Fields(String type) {
        Fields(String type, NodeEventFields data, String... known) {
            this(type);
            List<String> ours = List.of(known);
            refuse(ours, "block_hash", data.blockHash());
            refuse(ours, "height", data.height());
            refuse(ours, "miner_id", data.minerId());
            refuse(ours, "prev_hash", data.prevHash());
            refuse(ours, "tx_count", data.txCount());
            refuse(ours, "old_difficulty", data.oldDifficulty());
            refuse(ours, "new_difficulty", data.newDifficulty());
        }

        private void refuse(List<String> ours, String name, Optional<?> value) {
            if (value.isPresent() && !ours.contains(name)) {
                throw fault("data." + name + " does not belong to " + type);
            }
        }

        Hash256 hash(String name, Optional<String> value) {
            try {
                return Hash256.fromDisplay(require(name, value));
            } catch (IllegalArgumentException e) {
                throw fault("data." + name + " is no hash of 64 hexadecimal digits");
            }
        }

        long u32(String name, Optional<Long> value) {
            long number = require(name, value);
            if (number < 0 || number > U32_MAX) {
                throw fault("data." + name + " is not from 0 to " + U32_MAX);
            }
            return number;
        }

        private <T> T require(String name, Optional<T> value) {
            return value.orElseThrow(() -> fault("data." + name + " is missing, and " + type + " needs it"));
        }
    }
}
