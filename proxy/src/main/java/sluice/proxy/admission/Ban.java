package sluice.proxy.admission;

import java.time.Instant;

/**
 * What an address is shut out by.
 *
 * @param isNew whether the offence that was asked about has brought it about; else it was banned already, and a connection of
 *     an earlier time offends again
 */
public record Ban(Instant until, boolean isNew) {}
