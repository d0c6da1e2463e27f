package sluice.proxy.api.pool;

import java.util.List;
import sluice.config.ConfigText;
import sluice.config.GatewayConfig;
import sluice.config.PoolsReader;
import sluice.config.PoolsResult;
import sluice.config.PoolsText;
import sluice.config.RoutingConfig;
import sluice.proxy.pool.PoolsEdit;

/** All pins that there are to be, beside the upstreams and goals that there are. */
record PinsBody(List<PinBody> pins) implements PoolsEdit {
    @Override
    public PoolsResult of(GatewayConfig inForce) {
        RoutingConfig routing = inForce.routing();
        ConfigText text = new ConfigText();
        pins.forEach(pin -> pin.write(text));
        String others =
                PoolsText.of(new RoutingConfig(routing.upstreams(), routing.goals(), List.of(), routing.solo()));
        return PoolsReader.read(others + "\n" + text, inForce);
    }
}
