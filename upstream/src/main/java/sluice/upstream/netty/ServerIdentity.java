package sluice.upstream.netty;

import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.HandshakeCertificate;

/**
 * Who we are to a client that dials us.
 *
 * @param certificate issued for {@code staticKey}
 */
public record ServerIdentity(EllSwiftKeyPair staticKey, HandshakeCertificate certificate) {}
