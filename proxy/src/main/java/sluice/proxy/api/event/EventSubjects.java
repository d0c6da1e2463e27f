package sluice.proxy.api.event;

import java.util.List;
import sluice.config.EventType;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.NodeReport;

/** What an event is, and what it is about. */
final class EventSubjects {
    private EventSubjects() {}

    static EventType type(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.MinerConnected _ -> EventType.STRATUM_CLIENT_CONNECTED;
            case GatewayEvent.MinerDisconnected _ -> EventType.STRATUM_CLIENT_DISCONNECTED;
            case GatewayEvent.ConnectionsRefused _ -> EventType.CONNECTIONS_REFUSED;
            case GatewayEvent.AddressBanned _ -> EventType.ADDRESS_BANNED;
            case GatewayEvent.MinerMessageIgnored _ -> EventType.MINER_MESSAGE_IGNORED;
            case GatewayEvent.ChannelOpened _ -> EventType.CHANNEL_OPENED;
            case GatewayEvent.ChannelClosed _ -> EventType.CHANNEL_CLOSED;
            case GatewayEvent.MinerProfiled _ -> EventType.MINER_PROFILED;
            case GatewayEvent.CoinbaseBeyondBudget _ -> EventType.COINBASE_BEYOND_BUDGET;
            case GatewayEvent.MinerTargetChanged _ -> EventType.MINER_TARGET_CHANGED;
            case GatewayEvent.ShareSubmitted _ -> EventType.SHARE_SUBMITTED;
            case GatewayEvent.SharesUnjudged _ -> EventType.SHARES_UNJUDGED;
            case GatewayEvent.ShareForwarded _ -> EventType.SHARE_FORWARDED;
            case GatewayEvent.ShareUnforwardable _ -> EventType.SHARE_UNFORWARDABLE;
            case GatewayEvent.UpstreamAccepted _ -> EventType.UPSTREAM_ACCEPTED;
            case GatewayEvent.UpstreamRejected _ -> EventType.UPSTREAM_REJECTED;
            case GatewayEvent.UpstreamUnanswered _ -> EventType.UPSTREAM_UNANSWERED;
            case GatewayEvent.MiningPoolConnected _ -> EventType.MINING_POOL_CONNECTED;
            case GatewayEvent.MiningPoolDisconnected _ -> EventType.MINING_POOL_DISCONNECTED;
            case GatewayEvent.MiningJobCreated _ -> EventType.MINING_JOB_CREATED;
            case GatewayEvent.CustomJobTaken _ -> EventType.CUSTOM_JOB_TAKEN;
            case GatewayEvent.CustomJobRefused _ -> EventType.CUSTOM_JOB_REFUSED;
            case GatewayEvent.ChainTipUpdated _ -> EventType.CHAIN_TIP_UPDATED;
            case GatewayEvent.MiningDifficultyChanged _ -> EventType.MINING_DIFFICULTY_CHANGED;
            case GatewayEvent.JobDelivered _ -> EventType.JOB_DELIVERED;
            case GatewayEvent.BlockFound _ -> EventType.BLOCK_FOUND;
            case GatewayEvent.BlockAnswered _ -> EventType.BLOCK_ANSWERED;
            case GatewayEvent.PayoutMismatch _ -> EventType.PAYOUT_MISMATCH;
            case GatewayEvent.CoinbaseProviderChanged _ -> EventType.COINBASE_PROVIDER_CHANGED;
            case GatewayEvent.CoinbaseOutputsWanted _ -> EventType.COINBASE_OUTPUTS_WANTED;
            case GatewayEvent.CoinbaseOutputsTaken _ -> EventType.COINBASE_OUTPUTS_TAKEN;
            case GatewayEvent.CoinbaseOutputsRefused _ -> EventType.COINBASE_OUTPUTS_REFUSED;
            case GatewayEvent.CoinbaseOutputsUnused _ -> EventType.COINBASE_OUTPUTS_UNUSED;
            case GatewayEvent.UpstreamSwitched _ -> EventType.UPSTREAM_SWITCHED;
            case GatewayEvent.SwitchDelivered _ -> EventType.SWITCH_DELIVERED;
            case GatewayEvent.HoldBegan _ -> EventType.HOLD_BEGAN;
            case GatewayEvent.HoldEnded _ -> EventType.HOLD_ENDED;
            case GatewayEvent.MinerPlaced _ -> EventType.MINER_PLACED;
            case GatewayEvent.PlanApplied _ -> EventType.PLAN_APPLIED;
            case GatewayEvent.PlanRejected _ -> EventType.PLAN_REJECTED;
            case GatewayEvent.NodeReported reported ->
                switch (reported.report()) {
                    case NodeReport.BlockMined _ -> EventType.BLOCK_MINED;
                    case NodeReport.BlockTemplateUpdated _ -> EventType.BLOCK_TEMPLATE_UPDATED;
                    case NodeReport.ChainTipUpdated _ -> EventType.CHAIN_TIP_UPDATED;
                    case NodeReport.MiningDifficultyChanged _ -> EventType.MINING_DIFFICULTY_CHANGED;
                };
            case GatewayEvent.PortsClosed _ -> EventType.PORTS_CLOSED;
            case GatewayEvent.PortsOpened _ -> EventType.PORTS_OPENED;
        };
    }

    /** Names of the upstreams that it is about. */
    static List<String> upstreams(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.ShareForwarded e -> List.of(e.upstream());
            case GatewayEvent.UpstreamAccepted e -> List.of(e.upstream());
            case GatewayEvent.UpstreamRejected e -> List.of(e.upstream());
            case GatewayEvent.UpstreamUnanswered e -> List.of(e.upstream());
            case GatewayEvent.MiningPoolConnected e -> List.of(e.upstream());
            case GatewayEvent.MiningPoolDisconnected e -> List.of(e.upstream());
            case GatewayEvent.BlockFound e -> List.of(e.upstream());
            case GatewayEvent.BlockAnswered e -> List.of(e.path());
            case GatewayEvent.PayoutMismatch e -> List.of(e.upstream());
            case GatewayEvent.CoinbaseOutputsUnused e -> List.of(e.upstream());
            case GatewayEvent.UpstreamSwitched e -> List.of(e.from(), e.to());
            case GatewayEvent.SwitchDelivered e -> List.of(e.from(), e.to());
            case GatewayEvent.PlanRejected e -> List.of(e.upstream());
            case GatewayEvent.MinerConnected _,
                    GatewayEvent.MinerDisconnected _,
                    GatewayEvent.ConnectionsRefused _,
                    GatewayEvent.AddressBanned _,
                    GatewayEvent.MinerMessageIgnored _,
                    GatewayEvent.ChannelOpened _,
                    GatewayEvent.ChannelClosed _,
                    GatewayEvent.MinerProfiled _,
                    GatewayEvent.CoinbaseBeyondBudget _,
                    GatewayEvent.MinerTargetChanged _,
                    GatewayEvent.ShareSubmitted _,
                    GatewayEvent.SharesUnjudged _,
                    GatewayEvent.ShareUnforwardable _,
                    GatewayEvent.MiningJobCreated _,
                    GatewayEvent.CustomJobTaken _,
                    GatewayEvent.CustomJobRefused _,
                    GatewayEvent.ChainTipUpdated _,
                    GatewayEvent.MiningDifficultyChanged _,
                    GatewayEvent.JobDelivered _,
                    GatewayEvent.CoinbaseProviderChanged _,
                    GatewayEvent.CoinbaseOutputsWanted _,
                    GatewayEvent.CoinbaseOutputsTaken _,
                    GatewayEvent.CoinbaseOutputsRefused _,
                    GatewayEvent.HoldBegan _,
                    GatewayEvent.HoldEnded _,
                    GatewayEvent.MinerPlaced _,
                    GatewayEvent.PlanApplied _,
                    GatewayEvent.NodeReported _,
                    GatewayEvent.PortsClosed _,
                    GatewayEvent.PortsOpened _ -> List.of();
        };
    }
}
