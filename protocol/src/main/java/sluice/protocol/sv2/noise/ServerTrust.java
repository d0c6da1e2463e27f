package sluice.protocol.sv2.noise;

import java.util.Optional;

/** Whom an initiator takes for the server it dialled; there is no default on purpose. */
public sealed interface ServerTrust {
    /** In whoever has this key; in whoever answers, where there is none. */
    static ServerTrust of(Optional<AuthorityKey> authority) {
        return authority.<ServerTrust>map(SignedBy::new).orElseGet(Unverified::new);
    }

    /** Only a server whose valid certificate this authority signed. */
    record SignedBy(AuthorityKey authority) implements ServerTrust {}

    /** Whoever answers. The connection is encrypted, but to an unknown peer; the certificate is not looked at. */
    record Unverified() implements ServerTrust {}
}
