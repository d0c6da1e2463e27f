package sluice.config;

import java.util.Optional;
import sluice.config.ConfigDocument.Found;
import sluice.config.ConfigProblem.Origin;
import sluice.protocol.sv2.noise.AuthorityKey;

/** Reads a pool, and who we are there, from the keys of one table. */
final class PoolReader {
    static final Keys SHORTHAND = new Keys("pool_url", "pool_user", "pool_password");
    static final Keys UPSTREAM = new Keys("url", "user", "password");

    private static final String KEY_EXAMPLE = "write an authority key in quotes, 51 letters and digits starting with 9";

    private final ConfigTable table;
    private final Keys keys;

    /** What a table calls these settings. */
    record Keys(String url, String user, String password) {}

    PoolReader(ConfigTable table, Keys keys) {
        this.table = table;
        this.keys = keys;
    }

    /**
     * @param urlText where there is one
     * @param creditsUser false: the pool credits the miners' own names, so a user may be missing
     */
    Optional<PoolConfig> read(Optional<Found<String>> urlText, boolean creditsUser) {
        Optional<Found<AuthorityKey>> key =
                table.parsed("authority_key", text -> PoolUrl.authorityKey(text, "is "), KEY_EXAMPLE);
        // A value of another type stands for true here, or the pool would be a second problem for one mistake.
        boolean allowUnverified = table.bool("allow_unverified", table.isPresent("allow_unverified"));
        Optional<Found<String>> user =
                table.parsed(keys.user(), PoolConfig::requireUser, "write a user name in quotes");
        Optional<Found<String>> password =
                table.parsed(keys.password(), PoolConfig::requirePassword, "write a password in quotes");
        Optional<Found<PoolUrl>> url =
                urlText.flatMap(found -> table.parsed(keys.url(), found, text -> PoolUrl.parse(text, keys.user())));
        // Likewise a key that cannot be read is not a missing key.
        boolean keyWritten = table.isPresent("authority_key");
        Optional<PoolAddress> address = url.flatMap(found -> table.accept(
                keys.url(), found, parts -> address(parts, key.map(Found::value), keyWritten, allowUnverified)));
        address.ifPresent(pool -> {
            switch (pool) {
                case Sv1PoolAddress sv1 -> warnOfPlainText(urlText.get().origin(), sv1);
                case Sv2PoolAddress sv2 -> {
                    refusePassword();
                    warnOfTrust(sv2, allowUnverified);
                }
            }
            if (creditsUser) {
                warnOfMissingUser(urlText.get().origin());
            }
        });
        return address.map(pool -> new PoolConfig(
                pool,
                user.map(Found::value).orElse(PoolConfig.DEFAULT_USER),
                password.map(Found::value).orElse(PoolConfig.DEFAULT_PASSWORD)));
    }

    /** SV2 where the scheme, a key or {@code allow_unverified} says so; unverified only where the operator said that. */
    private static PoolAddress address(
            PoolUrl url, Optional<AuthorityKey> besideUrl, boolean keyWritten, boolean allowUnverified) {
        Optional<AuthorityKey> inUrl = url.authorityKey();
        if (inUrl.isPresent() && besideUrl.isPresent() && !inUrl.equals(besideUrl)) {
            throw new InvalidValueException("carries another key than authority_key", "keep the pool's key, once");
        }
        boolean meansSv2 = keyWritten || allowUnverified;
        if (url.scheme() == PoolUrl.Scheme.STRATUM_SSL) {
            if (meansSv2) {
                throw new InvalidValueException(
                        "means an SV1 pool over TLS, which has no authority key and is always verified",
                        "remove authority_key and allow_unverified, or for an SV2 pool write " + PoolUrl.FORM);
            }
            return new Sv1PoolAddress(url.host(), url.port(), true);
        }
        if (url.scheme() == PoolUrl.Scheme.STRATUM_TCP && !meansSv2) {
            return new Sv1PoolAddress(url.host(), url.port(), false);
        }
        Optional<AuthorityKey> key = inUrl.or(() -> besideUrl);
        if (key.isEmpty() && !meansSv2) {
            throw new InvalidValueException(
                    "has no authority key, so anyone between here and the pool could take the work",
                    "write " + PoolUrl.FORM + ", or add authority_key or allow_unverified = true");
        }
        return new Sv2PoolAddress(url.host(), url.port(), key);
    }

    private void refusePassword() {
        table.refuse(keys.password(), "stands beside an SV2 pool, and SV2 has no password", "remove it");
    }

    private void warnOfPlainText(Origin urlOrigin, Sv1PoolAddress pool) {
        if (!pool.encrypted()) {
            table.warning(
                    keys.url(),
                    urlOrigin,
                    "means an SV1 pool in plain text: anyone on the way could read and take the work",
                    "write " + PoolUrl.SV1_TLS_FORM + " if the pool has it; for an SV2 pool write " + PoolUrl.FORM
                            + " or add authority_key");
        }
    }

    private void warnOfTrust(Sv2PoolAddress pool, boolean allowUnverified) {
        boolean keyKnown = pool.authorityKey().isPresent();
        if (allowUnverified) {
            table.warning(
                    "allow_unverified",
                    table.lineOf("allow_unverified"),
                    keyKnown
                            ? "has no effect beside an authority key: the pool is verified"
                            : "leaves open who answers as the pool: anyone on the way could take the work",
                    keyKnown ? "remove it" : "ask the pool for its authority key and write it into " + keys.url());
        }
    }

    private void warnOfMissingUser(Origin urlOrigin) {
        if (!table.isPresent(keys.user())) {
            table.warning(
                    keys.user(),
                    urlOrigin,
                    "is missing, so the pool credits the user \"" + PoolConfig.DEFAULT_USER + "\"",
                    "write the user name that the pool gave you");
        }
    }
}
