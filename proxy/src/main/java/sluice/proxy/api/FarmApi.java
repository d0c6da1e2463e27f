package sluice.proxy.api;

import java.util.ArrayList;
import java.util.List;

/** The catalogue of a gateway's API. */
public final class FarmApi {
    static final String ROOT = "/api/v1";

    private FarmApi() {}

    /** @param more endpoints of others */
    public static ApiCatalogue catalogue(Farm farm, ApiTally tally, List<Endpoint> more) {
        List<Endpoint> all = new ArrayList<>();
        all.addAll(new GatewayEndpoints(farm, tally).all());
        all.addAll(new RoutingEndpoints(farm).all());
        all.addAll(new MinerEndpoints(farm).all());
        all.addAll(new WorkEndpoints(farm).all());
        all.addAll(new CoinbaseEndpoints(farm).all());
        all.addAll(more);
        return OpenApi.documented(all, farm.version());
    }
}
