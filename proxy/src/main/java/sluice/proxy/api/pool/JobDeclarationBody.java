package sluice.proxy.api.pool;

import java.util.Optional;
import sluice.config.ConfigText;
import sluice.config.JobDeclarationConfig;

/** Where jobs of our own are declared: the keys of {@code job_declaration}. */
record JobDeclarationBody(String url, Optional<String> mode, Optional<Boolean> coinbaseProvider) {
    static JobDeclarationBody of(JobDeclarationConfig declaration) {
        return new JobDeclarationBody(
                declaration.server().url(),
                Optional.of(declaration.mode().text()),
                Optional.of(declaration.paysProvider()));
    }

    void write(ConfigText text) {
        text.key("job_declaration.url", url)
                .text("job_declaration.mode", mode)
                .flag("job_declaration.coinbase_provider", coinbaseProvider);
    }
}
