package sluice.proxy.netty;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import sluice.proxy.admission.Ban;
import sluice.proxy.admission.Visitor;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** What no miner does. */
final class Offence {
    private Offence() {}

    /**
     * Holds it against the address that it came from. Whether that is banned now, by this or by others.
     *
     * @param reason short kebab-case
     */
    static boolean leadsToBan(Visitor visitor, String reason, Instant now, GatewayEvents events) {
        // Where it came from is not known any more once it is closed.
        String address = visitor.address().map(InetAddress::getHostAddress).orElse("");
        Optional<Ban> ban = visitor.offend(now);
        ban.filter(Ban::isNew)
                .ifPresent(
                        fresh -> events.publish(new GatewayEvent.AddressBanned(now, address, fresh.until(), reason)));
        return ban.isPresent();
    }
}
