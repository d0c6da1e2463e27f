package sluice.proxy.cli;

import java.io.IOException;
import java.security.SecureRandom;
import sluice.config.AuthorityKeyFile;
import sluice.config.AuthorityKeySource;
import sluice.config.InvalidValueException;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/** Makes authority keys, and finds the one that a configuration asks for. */
final class AuthorityKeys {
    private AuthorityKeys() {}

    /** A new key from the system's secure random source. */
    static AuthoritySecretKey fresh() {
        SecureRandom random = new SecureRandom();
        byte[] candidate = new byte[AuthoritySecretKey.LENGTH];
        do {
            random.nextBytes(candidate);
        } while (!Secp256k1.isSecretKey(candidate));
        return AuthoritySecretKey.of(candidate);
    }

    /** The key of {@code source}; one that is kept in a file is made there at the first start. */
    static AuthoritySecretKey of(AuthorityKeySource source) throws CommandFailure {
        return switch (source) {
            case AuthorityKeySource.Given(var key) -> key;
            case AuthorityKeySource.KeptIn(var file) -> {
                try {
                    yield AuthorityKeyFile.readOrCreate(file, AuthorityKeys::fresh);
                } catch (IOException | InvalidValueException e) {
                    throw new CommandFailure(
                            ExitCode.FAILED, "Cannot keep the authority key in " + file + ": " + e.getMessage());
                }
            }
        };
    }
}
