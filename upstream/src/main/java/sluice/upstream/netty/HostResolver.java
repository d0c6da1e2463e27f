package sluice.upstream.netty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Turns a host into addresses without making the caller wait: a name server may take half a minute to not answer. */
interface HostResolver {
    /** At least one address, or an {@link UnknownHostException}. */
    CompletableFuture<List<InetAddress>> resolve(String host);

    /** The operating system's resolver, on a thread of its own for each lookup. */
    static HostResolver ofSystem() {
        return host -> CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return List.of(InetAddress.getAllByName(host));
                    } catch (UnknownHostException e) {
                        throw new CompletionException(e);
                    }
                },
                lookup -> Thread.ofPlatform().daemon().name("resolve-" + host).start(lookup));
    }
}
