package sluice.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of events by the names that other programs know. A name never changes. */
public enum EventType {
    STRATUM_CLIENT_CONNECTED("StratumClientConnected"),
    STRATUM_CLIENT_DISCONNECTED("StratumClientDisconnected"),
    CONNECTIONS_REFUSED("ConnectionsRefused"),
    ADDRESS_BANNED("AddressBanned"),
    MINER_MESSAGE_IGNORED("MinerMessageIgnored"),
    CHANNEL_OPENED("ChannelOpened"),
    CHANNEL_CLOSED("ChannelClosed"),
    MINER_PROFILED("MinerProfiled"),
    COINBASE_BEYOND_BUDGET("CoinbaseBeyondBudget"),
    MINER_TARGET_CHANGED("MinerTargetChanged", true),
    SHARE_SUBMITTED("ShareSubmitted", true),
    SHARES_UNJUDGED("SharesUnjudged", true),
    SHARE_FORWARDED("ShareForwarded", true),
    SHARE_UNFORWARDABLE("ShareUnforwardable", true),
    UPSTREAM_ACCEPTED("UpstreamAccepted", true),
    UPSTREAM_REJECTED("UpstreamRejected", true),
    UPSTREAM_UNANSWERED("UpstreamUnanswered"),
    MINING_POOL_CONNECTED("MiningPoolConnected"),
    MINING_POOL_DISCONNECTED("MiningPoolDisconnected"),
    MINING_JOB_CREATED("MiningJobCreated"),
    BLOCK_MINED("BlockMined"),
    BLOCK_TEMPLATE_UPDATED("BlockTemplateUpdated"),
    CHAIN_TIP_UPDATED("ChainTipUpdated"),
    MINING_DIFFICULTY_CHANGED("MiningDifficultyChanged"),
    CUSTOM_JOB_TAKEN("CustomJobTaken"),
    CUSTOM_JOB_REFUSED("CustomJobRefused"),
    JOB_DELIVERED("JobDelivered"),
    BLOCK_FOUND("BlockFound"),
    BLOCK_ANSWERED("BlockAnswered"),
    PAYOUT_MISMATCH("PayoutMismatch"),
    COINBASE_PROVIDER_CHANGED("CoinbaseProviderChanged"),
    COINBASE_OUTPUTS_WANTED("CoinbaseOutputsWanted"),
    COINBASE_OUTPUTS_TAKEN("CoinbaseOutputsTaken"),
    COINBASE_OUTPUTS_REFUSED("CoinbaseOutputsRefused"),
    COINBASE_OUTPUTS_UNUSED("CoinbaseOutputsUnused"),
    UPSTREAM_SWITCHED("UpstreamSwitched"),
    SWITCH_DELIVERED("SwitchDelivered"),
    HOLD_BEGAN("HoldBegan"),
    HOLD_ENDED("HoldEnded"),
    MINER_PLACED("MinerPlaced"),
    PLAN_APPLIED("PlanApplied"),
    PLAN_REJECTED("PlanRejected"),
    PORTS_CLOSED("PortsClosed"),
    PORTS_OPENED("PortsOpened");

    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(EventType::text, Function.identity()));

    private final String text;
    private final boolean frequent;

    EventType(String text) {
        this(text, false);
    }

    EventType(String text, boolean frequent) {
        this.text = text;
        this.frequent = frequent;
    }

    /** As programs write it. */
    public String text() {
        return text;
    }

    /** Whether it comes with shares, so that a farm has thousands of them where it has one of any other. */
    public boolean isFrequent() {
        return frequent;
    }

    public static Optional<EventType> named(String text) {
        return Optional.ofNullable(BY_NAME.get(text));
    }

    /** All names, in the order of this list. */
    public static List<String> names() {
        return Arrays.stream(values()).map(EventType::text).toList();
    }
}
