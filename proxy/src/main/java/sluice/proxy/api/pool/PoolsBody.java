package sluice.proxy.api.pool;

import java.util.List;
import java.util.Optional;
import sluice.config.ConfigText;
import sluice.config.GatewayConfig;
import sluice.config.PoolConfig;
import sluice.config.PoolsReader;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;
import sluice.config.UpstreamConfig;
import sluice.proxy.pool.PoolsEdit;

/**
 * All pools that there are to be, as the API takes them.
 *
 * @param upstreams the best first, where there are no goals
 * @param goals without them, one with all upstreams
 */
record PoolsBody(List<UpstreamBody> upstreams, Optional<List<GoalBody>> goals, Optional<List<PinBody>> pins)
        implements PoolsEdit {

    @Override
    public PoolsResult of(GatewayConfig inForce) {
        ConfigText text = new ConfigText();
        upstreams.forEach(upstream -> upstream.write(text, passwordInForce(upstream, inForce.routing())));
        goals.orElse(List.of()).forEach(goal -> goal.write(text));
        pins.orElse(List.of()).forEach(pin -> pin.write(text));
        return PoolsReader.read(text.toString(), inForce);
    }

    /** Nobody is told a password, so whoever sends back what was told means the one that is there. */
    private static Optional<String> passwordInForce(UpstreamBody upstream, RoutingConfig routing) {
        String name = upstream.name().orElse(upstream.url());
        return routing.upstreams().stream()
                .filter(known -> known.name().equals(name)
                        && known.pool().address().url().equals(upstream.url())
                        && upstream.user().filter(known.pool().user()::equals).isPresent())
                .map(UpstreamConfig::pool)
                .map(PoolConfig::password)
                .filter(password -> !password.equals(PoolConfig.DEFAULT_PASSWORD))
                .findFirst();
    }
}
