package sluice.proxy.api.event;

import java.util.Optional;

/** Where upstreams are. Asked on the thread of the event bus. */
@FunctionalInterface
public interface PoolAddresses {
    PoolAddresses UNKNOWN = upstream -> Optional.empty();

    /** The URL of an upstream, without secrets; empty for one that has none. */
    Optional<String> urlOf(String upstream);
}
