package sluice.proxy.api.pool;

import java.util.List;
import java.util.Optional;
import sluice.config.ConfigText;

/** An upstream as the API takes it: the keys of {@code [[upstream]]}. */
record UpstreamBody(
        Optional<String> name,
        String url,
        Optional<String> user,
        Optional<String> password,
        Optional<String> authorityKey,
        Optional<Boolean> allowUnverified,
        Optional<String> identity,
        Optional<Integer> aggregation,
        Optional<String> standby,
        Optional<List<String>> payout,
        Optional<Integer> payoutPercent,
        Optional<String> payoutMismatch,
        Optional<JobDeclarationBody> jobDeclaration) {

    /** @param passwordInForce where the caller leaves it as it is */
    void write(ConfigText text, Optional<String> passwordInForce) {
        text.table("upstream")
                .text("name", name)
                .key("url", url)
                .text("user", user)
                .text("password", password.or(() -> passwordInForce))
                .text("authority_key", authorityKey)
                .flag("allow_unverified", allowUnverified)
                .text("identity", identity)
                .number("aggregation", aggregation)
                .text("standby", standby)
                .texts("payout", payout)
                .number("payout_percent", payoutPercent)
                .text("payout_mismatch", payoutMismatch);
        jobDeclaration.ifPresent(declaration -> declaration.write(text));
    }

    /** The password is a secret. */
    @Override
    public String toString() {
        return "UpstreamBody[name=" + name + ", url=" + url + ", user=" + user + ", password=***]";
    }
}
