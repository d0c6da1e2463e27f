package sluice.upstream.declaration;

import sluice.config.DeclarationMode;
import sluice.config.Sv2PoolAddress;

/**
 * Whom we declare jobs to, and as whom.
 *
 * @param name for logs, without secrets
 * @param address where the server listens, and the authority key that it must prove if one is known
 * @param userIdentifier who asks for tokens: the account at the pool; at most 255 bytes of UTF-8
 * @param softwareVersion what SetupConnection says of this release
 */
public record DeclaratorSettings(
        String name, Sv2PoolAddress address, String userIdentifier, DeclarationMode mode, String softwareVersion) {}
