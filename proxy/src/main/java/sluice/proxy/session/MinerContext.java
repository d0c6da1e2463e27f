package sluice.proxy.session;

import sluice.config.VardiffConfig;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.RouteReplica;

/**
 * What the sessions of one loop share. Confined to that loop.
 *
 * @param route what feeds a miner until it is told of another route
 * @param indexes the loop's part of the local extranonce indexes
 */
public record MinerContext(
        RouteReplica route, ExtranonceIndexes indexes, ShareValidator validator, VardiffConfig vardiff) {}
