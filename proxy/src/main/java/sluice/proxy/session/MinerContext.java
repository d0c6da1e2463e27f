package sluice.proxy.session;

import sluice.config.VardiffConfig;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.RouteReplica;

/** What the sessions of one loop share. Confined to that loop. */
public final class MinerContext {
    private final RouteReplica route;
    private final ExtranonceIndexes indexes;
    private final ShareValidator validator;
    private VardiffConfig vardiff;

    /**
     * @param route what feeds a miner until it is told of another route
     * @param indexes the loop's part of the local extranonce indexes
     */
    public MinerContext(
            RouteReplica route, ExtranonceIndexes indexes, ShareValidator validator, VardiffConfig vardiff) {
        this.route = route;
        this.indexes = indexes;
        this.validator = validator;
        this.vardiff = vardiff;
    }

    public RouteReplica route() {
        return route;
    }

    public ExtranonceIndexes indexes() {
        return indexes;
    }

    public ShareValidator validator() {
        return validator;
    }

    /** How the difficulty of a channel is chosen that opens now. */
    public VardiffConfig vardiff() {
        return vardiff;
    }

    public void vardiff(VardiffConfig next) {
        vardiff = next;
    }
}
