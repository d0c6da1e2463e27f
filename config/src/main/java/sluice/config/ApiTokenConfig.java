package sluice.config;

import java.util.regex.Pattern;

/**
 * One caller of the API.
 *
 * @param name in the log of what was changed
 * @param scope the widest that the operator gave it; it includes those before it
 * @param sha256 of its token, in hexadecimal: the token itself is known to its caller only
 */
public record ApiTokenConfig(String name, ApiScope scope, String sha256) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public ApiTokenConfig {
        EntryName.require(name);
        requireSha256(sha256);
    }

    static String requireSha256(String text) {
        if (!SHA256.matcher(text).matches()) {
            throw new InvalidValueException(
                    "is not 64 hexadecimal digits in lower case", "write what sluice token prints");
        }
        return text;
    }
}
