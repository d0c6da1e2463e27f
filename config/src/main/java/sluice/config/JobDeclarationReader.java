package sluice.config;

import java.util.Optional;
import sluice.config.ConfigDocument.Found;

/** Reads whether we make the jobs for a pool ourselves, and whom we declare them to. */
final class JobDeclarationReader {
    private static final String KEY = "job_declaration";
    private static final String URL_RIGHT = "write url = \"" + PoolUrl.FORM + "\"";
    private static final String RIGHT =
            "write " + KEY + " = { url = \"" + PoolUrl.FORM + "\", mode = \"full-template\" }";

    private final ConfigTable upstream;
    private final boolean templates;

    /** @param templates whether there is a source of templates, be it one that cannot be read */
    JobDeclarationReader(ConfigTable upstream, boolean templates) {
        this.upstream = upstream;
        this.templates = templates;
    }

    /** @param pool where it could be read */
    Optional<JobDeclarationConfig> read(Optional<PoolConfig> pool, IdentityMode identity, int aggregation) {
        ConfigTable table = upstream.inner(KEY, RIGHT);
        Optional<Found<String>> url = table.text("url");
        DeclarationMode mode = table.parsed(
                        "mode", DeclarationMode::parse, "write \"full-template\" or \"coinbase-only\"")
                .map(Found::value)
                .orElse(DeclarationMode.FULL_TEMPLATE);
        boolean paysProvider = table.bool("coinbase_provider", false);
        table.refuseUnknownKeys();
        if (!table.isWritten()) {
            return Optional.empty();
        }
        if (!table.isPresent("url")) {
            table.missing("url", URL_RIGHT);
        }
        pool.ifPresent(found -> refuseMisplaced(found, identity, aggregation));
        Optional<Sv2PoolAddress> server =
                url.flatMap(found -> table.accept("url", found, text -> server(text, pool.map(PoolConfig::address))));
        return server.map(address -> new JobDeclarationConfig(address, mode, paysProvider));
    }

    private void refuseMisplaced(PoolConfig pool, IdentityMode identity, int aggregation) {
        UpstreamConfig.obstacleToDeclaration(pool, identity, aggregation)
                .ifPresent(obstacle -> upstream.problem(KEY, upstream.lineOf(KEY), obstacle.wrong(), obstacle.right()));
        if (!templates) {
            upstream.consequence(
                    KEY,
                    upstream.lineOf(KEY),
                    "needs a [[template_source]], and there is none",
                    "write the node that jobs are made on as a [[template_source]] with a name and a url",
                    "template_source");
        }
    }

    /** A server without a key of its own is the pool's, under the pool's key. */
    private static Sv2PoolAddress server(String text, Optional<PoolAddress> pool) {
        PoolUrl url = PoolUrl.parse(text, "user");
        if (url.scheme() != PoolUrl.Scheme.STRATUM2_TCP) {
            throw new InvalidValueException("is an SV1 pool's, and jobs are declared in SV2 only", URL_RIGHT);
        }
        return new Sv2PoolAddress(
                url.host(),
                url.port(),
                url.authorityKey()
                        .or(() -> pool.filter(Sv2PoolAddress.class::isInstance)
                                .flatMap(address -> ((Sv2PoolAddress) address).authorityKey())));
    }
}
