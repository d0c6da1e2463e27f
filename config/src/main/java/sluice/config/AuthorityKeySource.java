package sluice.config;

import java.nio.file.Path;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Where the secret key comes from that signs the certificate we show to SV2 miners. */
public sealed interface AuthorityKeySource {

    /** The operator gave the key. */
    record Given(AuthoritySecretKey key) implements AuthorityKeySource {}

    /** Sluice keeps the key in {@code file}, and makes both at its first start. */
    record KeptIn(Path file) implements AuthorityKeySource {}
}
