package sluice.proxy.api.pool;

import java.util.Optional;
import sluice.config.ConfigText;
import sluice.config.JobDeclarationConfig;

/** Where jobs of our own are declared: the keys of {@code job_declaration}. */
record JobDeclarationBody(String url, Optional<String> mode) {
    static JobDeclarationBody of(JobDeclarationConfig declaration) {
        return new JobDeclarationBody(
                declaration.server().url(), Optional.of(declaration.mode().text()));
    }

    void write(ConfigText text) {
        text.key("job_declaration.url", url).text("job_declaration.mode", mode);
    }
}
