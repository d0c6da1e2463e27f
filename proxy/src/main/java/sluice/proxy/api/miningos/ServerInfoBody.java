package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer to {@code /v1/stratum_server_info}.
 *
 * @param activeThread ports with a miner: they stand where a DATUM gateway has threads
 * @param totalWorkSubscriptions channels: each miner of each connection
 * @param estimatedHashrate in terahashes per second
 */
record ServerInfoBody(
        @JsonProperty("activeThread") int activeThread,
        @JsonProperty("totalConnections") int totalConnections,
        @JsonProperty("totalWorkSubscriptions") int totalWorkSubscriptions,
        @JsonProperty("estimatedHashrate") double estimatedHashrate) {}
