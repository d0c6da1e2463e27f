package sluice.protocol.sv2.noise;

/** Whom an initiator takes for the server it dialled; there is no default on purpose. */
public sealed interface ServerTrust {
    /** Only a server whose valid certificate this authority signed. */
    record SignedBy(AuthorityKey authority) implements ServerTrust {}

    /** Whoever answers. The connection is encrypted, but to an unknown peer; the certificate is not looked at. */
    record Unverified() implements ServerTrust {}
}
