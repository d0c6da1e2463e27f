package sluice.upstream.declaration;

import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.upstream.session.PayoutCheck;

/**
 * How jobs of our own are made for a pool.
 *
 * @param upstream name for logs and events, without secrets
 * @param mode how much of each job the pool gets to see
 * @param tag bytes that the coinbase shows; cut where the pool's extranonce leaves less room
 * @param payout whom the jobs have to pay, whatever outputs the pool asks for
 */
public record CustomJobsSettings(String upstream, DeclarationMode mode, Bytes tag, PayoutCheck payout) {}
