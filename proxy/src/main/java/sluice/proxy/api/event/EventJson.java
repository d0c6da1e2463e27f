package sluice.proxy.api.event;

import java.util.LinkedHashMap;
import java.util.Map;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.NodeReport;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event as JSON: {@code {"id", "type", "at", "data"}}. Where the events of a blvm node have a name for a thing
 * ({@code miner_id}, {@code pool_url}, {@code block_hash}), it is called that here.
 */
public final class EventJson {
    private EventJson() {}

    public static byte[] write(PublishedEvent event) {
        return JsonMapper.shared().writeValueAsBytes(envelope(event));
    }

    /** Its members, to be written with those of others. */
    public static Map<String, Object> envelope(PublishedEvent event) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("id", event.id().toString());
        all.put("type", event.type().text());
        all.put("at", event.event().at().toString());
        all.put("data", data(event).all());
        return all;
    }

    private static EventFields data(PublishedEvent published) {
        EventFields fields = new EventFields();
        return switch (published.event()) {
            case GatewayEvent.MinerConnected e ->
                miner(fields, published, e.connectionId()).text("listener", e.listener());
            case GatewayEvent.MinerDisconnected e ->
                miner(fields, published, e.connectionId())
                        .text("reason", e.reason())
                        .text("detail", e.detail());
            case GatewayEvent.ConnectionsRefused e ->
                fields.text("reason", e.reason()).put("count", e.count()).text("latest", e.latest());
            case GatewayEvent.AddressBanned e ->
                fields.text("address", e.address())
                        .put("until", e.until().toString())
                        .text("reason", e.reason());
            case GatewayEvent.MinerMessageIgnored e ->
                miner(fields, published, e.connectionId())
                        .text("reason", e.reason())
                        .text("detail", e.detail());
            case GatewayEvent.ChannelOpened e ->
                channel(fields, published, e.connectionId(), e.channelId()).word("protocol", e.protocol());
            case GatewayEvent.ChannelClosed e ->
                channel(fields, published, e.connectionId(), e.channelId()).text("reason", e.reason());
            case GatewayEvent.MinerProfiled e ->
                channel(fields, published, e.connectionId(), e.channelId())
                        .text("user_agent", e.userAgent())
                        .put("profiles", e.profile().names());
            case GatewayEvent.CoinbaseBeyondBudget e ->
                channel(fields, published, e.connectionId(), e.channelId())
                        .put("profiles", e.profile().names())
                        .put("coinbase_bytes", e.coinbaseBytes());
            case GatewayEvent.MinerTargetChanged e ->
                channel(fields, published, e.connectionId(), e.channelId())
                        .put("target", e.target().hex())
                        .put("difficulty", Difficulty.of(e.target()));
            case GatewayEvent.ShareSubmitted e -> {
                fields.put("job_id", Long.toString(e.jobId()));
                e.shareHash().ifPresent(hash -> fields.hash("share_hash", hash));
                channel(fields, published, e.connectionId(), e.channelId())
                        .word("protocol", e.protocol())
                        .word("verdict", e.verdict());
                yield e.verdict().isAccepted() ? fields.put("difficulty", e.difficulty()) : fields;
            }
            case GatewayEvent.SharesUnjudged e ->
                miner(fields, published, e.connectionId())
                        .word("protocol", e.protocol())
                        .put("count", e.count());
            case GatewayEvent.ShareForwarded e ->
                fields.text("pool_id", e.upstream()).put("difficulty", e.difficulty());
            case GatewayEvent.ShareUnforwardable e ->
                fields.text("miner_id", e.userIdentity()).text("reason", e.reason());
            case GatewayEvent.UpstreamAccepted e ->
                fields.text("pool_id", e.upstream()).put("count", e.count()).put("work", e.work());
            case GatewayEvent.UpstreamRejected e ->
                fields.text("pool_id", e.upstream())
                        .text("miner_id", e.userIdentity())
                        .text("reason", e.errorCode());
            case GatewayEvent.UpstreamUnanswered e ->
                fields.text("pool_id", e.upstream()).put("count", e.count());
            case GatewayEvent.MiningPoolConnected e ->
                fields.text("pool_url", published.poolUrl()).text("pool_id", e.upstream());
            case GatewayEvent.MiningPoolDisconnected e ->
                fields.text("pool_url", published.poolUrl())
                        .text("pool_id", e.upstream())
                        .text("reason", e.reason())
                        .text("step", e.step())
                        .put("had_channel", e.hadChannel());
            case GatewayEvent.MiningJobCreated e ->
                fields.put("job_id", Long.toString(e.jobId()))
                        .hash("prev_hash", e.prevHash())
                        .number("height", e.height())
                        .put("future", e.future());
            case GatewayEvent.CustomJobTaken e ->
                channel(fields, published, e.connectionId(), e.channelId())
                        .put("job_id", Long.toString(e.jobId()))
                        .hash("prev_hash", e.prevHash())
                        .put("height", e.height());
            case GatewayEvent.CustomJobRefused e ->
                channel(fields, published, e.connectionId(), e.channelId()).text("reason", e.errorCode());
            case GatewayEvent.ChainTipUpdated e ->
                fields.hash("prev_hash", e.prevHash()).put("nbits", e.nbits());
            case GatewayEvent.MiningDifficultyChanged e ->
                fields.put("old_difficulty", e.oldNbits()).put("new_difficulty", e.newNbits());
            case GatewayEvent.JobDelivered e ->
                fields.put("job_id", Long.toString(e.jobId()))
                        .put("miners", e.miners())
                        .put("micros", e.nanos() / 1_000);
            case GatewayEvent.BlockFound e ->
                fields.hash("block_hash", e.hash())
                        .text("miner_id", e.userIdentity())
                        .text("pool_id", e.upstream());
            case GatewayEvent.BlockAnswered e ->
                fields.hash("block_hash", e.hash())
                        .text("path", e.path())
                        .put("accepted", e.rejection().isEmpty())
                        .text("reason", e.rejection());
            case GatewayEvent.PayoutMismatch e ->
                fields.text("pool_id", e.upstream()).text("detail", e.detail());
            case GatewayEvent.CoinbaseProviderChanged e ->
                fields.text("provider", e.provider()).put("registered", e.registered());
            case GatewayEvent.CoinbaseOutputsWanted e ->
                fields.text("provider", e.provider())
                        .put("request_id", e.requestId())
                        .hash("prev_hash", e.prevHash())
                        .put("height", e.height())
                        .put("value", e.value())
                        .put("until", e.until().toString());
            case GatewayEvent.CoinbaseOutputsTaken e ->
                fields.text("provider", e.provider())
                        .put("request_id", e.requestId())
                        .hash("prev_hash", e.prevHash())
                        .put("outputs", e.outputs())
                        .put("sum", e.sum());
            case GatewayEvent.CoinbaseOutputsRefused e ->
                fields.text("provider", e.provider())
                        .put("request_id", e.requestId())
                        .text("reason", e.reason())
                        .text("detail", e.detail());
            case GatewayEvent.CoinbaseOutputsUnused e ->
                fields.text("pool_id", e.upstream()).text("reason", e.reason());
            case GatewayEvent.UpstreamSwitched e ->
                lane(fields, e.goal(), e.lane())
                        .text("from", e.from())
                        .text("to", e.to())
                        .word("kind", e.kind())
                        .text("reason", e.reason());
            case GatewayEvent.SwitchDelivered e ->
                lane(fields, e.goal(), e.lane())
                        .text("from", e.from())
                        .text("to", e.to())
                        .word("kind", e.kind())
                        .text("reason", e.reason())
                        .put("miners", e.miners())
                        .put("gap_ms", e.gap().toMillis());
            case GatewayEvent.HoldBegan e -> lane(fields, e.goal(), e.lane()).text("reason", e.reason());
            case GatewayEvent.HoldEnded e -> lane(fields, e.goal(), e.lane());
            case GatewayEvent.MinerPlaced e ->
                lane(miner(fields, published, e.connectionId()), e.goal(), e.lane())
                        .text("from", e.from())
                        .word("reason", e.reason());
            case GatewayEvent.PlanApplied e -> fields.put("revision", e.revision());
            case GatewayEvent.PlanRejected e ->
                fields.text("pool_id", e.upstream()).text("step", e.step()).text("reason", e.reason());
            case GatewayEvent.NodeReported e -> reported(fields, e.report()).text("reported_by", e.reporter());
            case GatewayEvent.PortsClosed e -> fields.text("reason", e.reason());
            case GatewayEvent.PortsOpened e -> fields;
        };
    }

    private static EventFields reported(EventFields fields, NodeReport report) {
        return switch (report) {
            case NodeReport.BlockMined block ->
                fields.hash("block_hash", block.hash())
                        .put("height", block.height())
                        .text("miner_id", block.minerId());
            case NodeReport.BlockTemplateUpdated template ->
                fields.hash("prev_hash", template.prevHash())
                        .put("height", template.height())
                        .put("tx_count", template.transactions());
            case NodeReport.ChainTipUpdated tip ->
                fields.hash("prev_hash", tip.prevHash()).number("height", tip.height());
            case NodeReport.MiningDifficultyChanged changed ->
                fields.put("old_difficulty", changed.oldNbits())
                        .put("new_difficulty", changed.newNbits())
                        .put("height", changed.height());
        };
    }

    private static EventFields miner(EventFields fields, PublishedEvent event, long connectionId) {
        return fields.text("endpoint", event.endpoint())
                .text("miner_id", event.worker())
                .put("connection_id", connectionId);
    }

    private static EventFields channel(EventFields fields, PublishedEvent event, long connectionId, long channelId) {
        return miner(fields, event, connectionId).put("channel_id", channelId);
    }

    private static EventFields lane(EventFields fields, String goal, int lane) {
        return fields.text("goal", goal).put("lane", lane);
    }
}
