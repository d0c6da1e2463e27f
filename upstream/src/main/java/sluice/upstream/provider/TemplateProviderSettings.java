package sluice.upstream.provider;

import sluice.config.Sv2PoolAddress;
import sluice.upstream.template.CoinbaseReserve;

/**
 * Whom we ask for templates, and what we ask for at first.
 *
 * @param name for logs, without secrets
 * @param address where it listens, and the authority key that it must prove if one is known
 * @param reserve room for the coinbase outputs that we know of from the beginning
 * @param softwareVersion what SetupConnection says of this release
 */
public record TemplateProviderSettings(
        String name, Sv2PoolAddress address, CoinbaseReserve reserve, String softwareVersion) {}
