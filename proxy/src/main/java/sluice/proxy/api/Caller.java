package sluice.proxy.api;

import java.util.Optional;
import sluice.config.ApiScope;

/**
 * Who asks.
 *
 * @param name that of the token; empty for somebody without one
 * @param scope the widest scope that the token has
 */
public record Caller(String name, Optional<ApiScope> scope) {
    public static final Caller NOBODY = new Caller("", Optional.empty());

    public boolean may(ApiScope wanted) {
        return scope.filter(own -> own.includes(wanted)).isPresent();
    }
}
