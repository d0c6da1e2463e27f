package sluice.proxy.api.event;

import java.util.List;
import sluice.proxy.event.GatewayEvent;

/** What an event is about. */
final class EventSubjects {
    private EventSubjects() {}

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
                    GatewayEvent.ChainTipUpdated _,
                    GatewayEvent.MiningDifficultyChanged _,
                    GatewayEvent.JobDelivered _,
                    GatewayEvent.HoldBegan _,
                    GatewayEvent.HoldEnded _,
                    GatewayEvent.MinerPlaced _,
                    GatewayEvent.PlanApplied _,
                    GatewayEvent.PortsClosed _,
                    GatewayEvent.PortsOpened _ -> List.of();
        };
    }
}
